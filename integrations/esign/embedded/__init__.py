"""The own signer, reached like any other signing service."""
