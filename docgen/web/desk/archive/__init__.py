"""The reading room: everything executed, found, read, verified, exported and held."""
