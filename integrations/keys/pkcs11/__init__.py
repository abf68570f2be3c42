"""Keys in a PKCS#11 token: made there, used there."""

from integrations.keys.pkcs11.store import Pkcs11Keys

__all__ = ["Pkcs11Keys"]
