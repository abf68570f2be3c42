"""Clock and identifiers of the real world, and their repeatable fakes."""
