"""Adapters of the time stamper port: a development authority, RFC 3161 over HTTP, a fake."""
