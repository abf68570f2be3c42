"""The disk forgets what was not flushed, and nothing else."""

from __future__ import annotations

import stat
from random import Random

import pytest

from tests.crash.platter import PAGE, ROOT, Node, Platter

FILE = stat.S_IFREG | 0o600


def _written(platter: Platter, name: bytes, data: bytes) -> Node:
    node = platter.make(ROOT, name, FILE)
    platter.write(node.number, 0, data)
    return node


def test_flushed_bytes_under_a_flushed_name_last() -> None:
    """The control: file, then folder, is what it takes."""
    platter = Platter()
    node = _written(platter, b"a", b"whole")
    platter.flush(node.number)
    platter.flush(ROOT)
    platter.cut()
    assert platter.find(ROOT, b"a").data == b"whole"


def test_a_file_whose_bytes_were_not_flushed_is_empty() -> None:
    """Its name alone lasts."""
    platter = Platter()
    _written(platter, b"a", b"whole")
    platter.flush(ROOT)
    platter.cut()
    assert platter.find(ROOT, b"a").data == b""


def test_a_file_whose_name_was_not_flushed_is_gone() -> None:
    """Its bytes last, where nobody finds them."""
    platter = Platter()
    node = _written(platter, b"a", b"whole")
    platter.flush(node.number)
    platter.cut()
    with pytest.raises(FileNotFoundError):
        platter.find(ROOT, b"a")


def test_what_was_dropped_comes_back_until_its_folder_is_flushed() -> None:
    """Forgetting works both ways."""
    platter = Platter()
    node = _written(platter, b"a", b"old")
    platter.flush(node.number)
    platter.flush(ROOT)
    platter.unlink(ROOT, b"a")
    platter.cut()
    assert platter.find(ROOT, b"a").data == b"old"
    platter.unlink(ROOT, b"a")
    platter.flush(ROOT)
    platter.cut()
    assert not platter.node(ROOT).names


@pytest.mark.parametrize("seed", [None, *range(20)])
def test_a_renaming_within_a_folder_is_done_or_not(seed: int | None) -> None:
    """There is one name, the old or the new, whatever chance keeps."""
    platter = Platter()
    node = _written(platter, b"draft", b"whole")
    platter.flush(node.number)
    platter.flush(ROOT)
    platter.rename(ROOT, b"draft", ROOT, b"final")
    platter.cut(None if seed is None else Random(seed))  # noqa: S311  # not for secrets
    assert set(platter.node(ROOT).names) in ({b"draft"}, {b"final"})


def test_chance_keeps_some_pages_and_spares_flushed_ones() -> None:
    """A torn file is old pages and new ones, in every mixture that is drawn."""
    mixtures = set()
    for seed in range(40):
        platter = Platter()
        node = _written(platter, b"a", b"o" * 2 * PAGE)
        platter.flush(node.number)
        platter.flush(ROOT)
        platter.write(node.number, 0, b"n" * 2 * PAGE)
        platter.cut(Random(seed))  # noqa: S311  # not for secrets
        data = platter.find(ROOT, b"a").data
        mixtures.add((chr(data[0]), chr(data[PAGE])))
    assert mixtures == {(first, second) for first in "on" for second in "on"}


def test_after_a_cut_everything_that_is_left_lasts() -> None:
    """A second cut takes nothing more."""
    platter = Platter()
    node = _written(platter, b"a", b"whole")
    platter.flush(node.number)
    platter.flush(ROOT)
    platter.write(node.number, 0, b"WHOLE")
    platter.cut(Random(3))  # noqa: S311  # not for secrets
    left = bytes(platter.find(ROOT, b"a").data)
    platter.cut()
    assert platter.find(ROOT, b"a").data == left
