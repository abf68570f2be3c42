"""Only calls on the home folder or a socket count; the others still move the numbers on."""

from __future__ import annotations

from tests.crash.trace import relevant

LOG = """\
7 openat(AT_FDCWD, "/usr/lib/python3/x.py", O_RDONLY|O_CLOEXEC) = 5</usr/lib/python3/x.py>
7 close(5</usr/lib/python3/x.py>) = 0
7 openat(AT_FDCWD, "/home/site/docgen.sqlite3", O_RDWR) = 5</home/site/docgen.sqlite3>
7 pwrite64(5</home/site/docgen.sqlite3>, ""..., 4096, 0) = 4096
8 sendto(9<socket:[1201]>, ""..., 215, 0, NULL, 0 <unfinished ...>
7 close(5</home/site/docgen.sqlite3>) = 0
8 <... sendto resumed>) = 215
7 rename("/home/site/mail/.a.part", "/home/site/mail/a.eml") = 0
7 write(1<pipe:[88]>, ""..., 3) = 3
7 rmdir("/home/site/no-such-folder") = -1 ENOENT (No such file or directory)
7 write(4</home/site/archive/ab/cd/.part-1>, ""..., 300) = ?
7 +++ killed by SIGKILL +++
"""


def test_calls_count_by_name_and_only_ours_are_listed() -> None:
    """The number is the one at which strace would kill."""
    found = [(call.name, call.number) for call in relevant(LOG, "/home/site")]
    assert found == [
        ("openat", 2),
        ("pwrite64", 1),
        ("sendto", 1),
        ("close", 2),
        ("rename", 1),
        ("write", 2),
    ]
