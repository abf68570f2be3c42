"""Typesetters: each subpackage answers the typesetter port; the other modules serve all."""
