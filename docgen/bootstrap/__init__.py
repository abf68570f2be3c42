"""The composition root: settings to adapters (by entry point), database and services."""
