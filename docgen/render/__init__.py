"""From template and fields to documents, and from documents to bytes; deterministic."""
