"""PAdES B-LTA signatures: certified when sent, signed by each person, sealed last."""

from integrations.sign.pades.signer import PadesSigner

__all__ = ["PadesSigner"]
