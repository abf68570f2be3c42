"""Signing services: the own signer and the vendors', one folder each."""
