"""The signing pages: from the mailed link to the signed documents, one module a part of the way."""
