"""The own signer: envelopes opened, people invited, identified, shown their documents, and signing."""
