"""Adapters of the checkpoint-signer port."""
