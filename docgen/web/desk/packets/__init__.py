"""Packets on the desk: the list, one packet's record, its documents, and what is done to it."""
