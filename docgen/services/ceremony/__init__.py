"""The own signer: envelopes opened; people invited, identified, shown documents, and signing."""
