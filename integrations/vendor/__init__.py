"""What the adapters of outside services share: the way they speak HTTP, and their refusals."""
