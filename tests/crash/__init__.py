"""Real processes, killed for real, at every kind of moment; nothing may be lost or go twice."""
