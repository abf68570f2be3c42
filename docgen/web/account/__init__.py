"""Signing in and out, second factors, and what a person keeps of their own."""
