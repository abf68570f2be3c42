"""Authorities that issue the signers' certificates: of our own making, or a company's."""

from integrations.sign.authority.company import CompanyAuthority
from integrations.sign.authority.local import LocalAuthority

__all__ = ["CompanyAuthority", "LocalAuthority"]
