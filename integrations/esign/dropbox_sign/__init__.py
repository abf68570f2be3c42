"""Dropbox Sign API v3.

https://developers.hellosign.com/api/reference/
"""
