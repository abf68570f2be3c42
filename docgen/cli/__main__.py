"""Runs the command as `python -m docgen.cli`."""

from docgen.cli.main import main

main()
