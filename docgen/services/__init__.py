"""Use cases, one verb per module; each takes the office and does one thing, whole or not at all."""
