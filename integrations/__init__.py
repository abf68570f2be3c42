"""Adapters: each folder answers one port of the core."""
