"""The web: thin; parse the request, call one service, show the result."""
