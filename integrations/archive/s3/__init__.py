"""The archive in a bucket that locks and versions its objects (S3 Object Lock, COMPLIANCE)."""
