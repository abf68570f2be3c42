"""The ledger port answered with Django's ORM, on SQLite or PostgreSQL."""
