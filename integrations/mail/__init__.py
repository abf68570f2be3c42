"""Mailers: how letters leave."""
