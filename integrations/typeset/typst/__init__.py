"""Agreements typeset with Typst."""
