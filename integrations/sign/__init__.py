"""Adapters of the signer port: PAdES signatures, the development authority, and a fake."""
