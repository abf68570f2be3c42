"""The page on which a practice gets its executed set again, at any time."""
