"""What the core needs from outside, one protocol per neighbour; adapters live in `integrations`."""
