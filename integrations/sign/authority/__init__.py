"""A development certificate authority that lives in a folder: for demonstration, never for use."""

from integrations.sign.authority.local import LocalAuthority

__all__ = ["LocalAuthority"]
