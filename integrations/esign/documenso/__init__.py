"""Documenso API v2, with envelopes.

https://docs.documenso.com/developers
"""
