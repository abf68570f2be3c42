"""Thousands of bad days, each drawn from a seed, that must all end well."""
