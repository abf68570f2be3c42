"""Couriers: how our own callbacks travel."""
