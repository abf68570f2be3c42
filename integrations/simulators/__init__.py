"""Signing services to try things out with: loopback servers that behave as the vendors document.

They know nothing of our adapters, so what both agree on is the vendor's word and not ours alone.
Each vendor has four modules of its name: its routes and what it remembers here, what may stand in a
request in `shapes`, the request that makes an envelope in `creation`, what it says in `answers`.
"""
