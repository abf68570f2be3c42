"""Key stores: files, a PKCS#11 token, AWS KMS."""
