"""Callbacks to addresses that others chose."""
