"""The shipped fonts, their licences and origins; `cut.py` made the text faces."""
