"""A process that has everything imported and forks once for each command it is asked to run.

Each command still is a process of its own, with its own environment, folder, database connection
and exit code; only the time for importing is saved. Reads one JSON request a line, answers one.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from importlib.metadata import entry_points

from tests.app.command_tree import walk


def run(request: dict[str, object]) -> int:
    """Fork, become the command, and give its exit code."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    for number, name in ((1, "out"), (2, "err")):
        target = os.open(str(request[name]), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(target, number)
        os.close(target)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.clear()
    os.environ.update(request["environment"])  # type: ignore[call-overload]  # our own JSON
    os.chdir(str(request["folder"]))
    sys.argv = ["docgen", *request["words"]]  # type: ignore[misc]  # our own JSON
    from docgen.cli.main import main

    code = 1
    try:
        main()
    except SystemExit as ending:
        code = int(ending.code or 0)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def serve() -> None:
    """Import the command and every adapter, then answer until stdin closes."""
    import docgen.bootstrap.application  # noqa: F401  # so that a forked command need not
    from docgen.cli.main import docgen as command

    for _ in walk(command):
        pass
    for group in sorted(name for name in entry_points().groups if name.startswith("docgen.")):
        for entry in entry_points(group=group):
            entry.load()
    gc.freeze()
    for line in sys.stdin:
        print(run(json.loads(line)), flush=True)  # noqa: T201  # the answer


if __name__ == "__main__":
    serve()
