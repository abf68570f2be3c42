"""Signing services to try things out with: loopback servers that behave as the vendors document.

They know nothing of our adapters, so what both agree on is the vendor's word and not ours alone.
"""
