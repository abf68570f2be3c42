"""The enrollment form as web pages, made from the declared record, for desk and practice alike."""
