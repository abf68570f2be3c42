"""Keys in AWS KMS: made there, used there."""

from integrations.keys.kms.store import KmsKeys

__all__ = ["KmsKeys"]
