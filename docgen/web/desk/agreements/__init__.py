"""The agreements' texts on the desk: versions, clauses, what differs, and who signed which."""
