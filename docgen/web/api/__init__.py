"""The API: what a coordinator or an auditor does on the desk, for programs with a token."""
