"""PAdES B-LTA signatures: certified when sent, signed by each person, sealed last."""
