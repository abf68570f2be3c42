"""The command line: thin; parse the arguments, call one service, show the result."""
