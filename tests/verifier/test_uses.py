"""What the verifier does quicker than pyHanko it does alike: tracing uses, reading digits, loading."""

from __future__ import annotations

import random
import runpy
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from tests.verifier.handling import unpack
from tests.verifier.making import VERIFIER
from verifier import docgen_verify as check

GOLDEN = Path(__file__).parent / "golden"
REVISIONS = 2
KEYS = ("/K", "/P", "/Parent", "/Kids", "/Obj", "/Pg", "/Annots", "/AP", "/A")
TYPES = ("/StructElem", "/Page", "/Pages", "/Annot")


def uses(pdf: bytes, revision: int, *, ours: bool) -> dict[int, Any] | None:
    """Tell in which places each object is used, by the verifier or by pyHanko; None is malformed."""
    reader = PdfFileReader(BytesIO(pdf))
    if ours:
        check.trace_what_matters(reader)
    view: Any = reader.get_historical_resolver(revision)
    count = int(reader.trailer["/Size"])
    try:
        view._load_reverse_xref_cache()
        return {
            number: view._get_usages_of_ref(generic.Reference(number, 0))
            for number in range(1, count)
        }
    except Exception:  # noqa: BLE001  # whatever either meets in such a file, the other meets too
        return None


@pytest.mark.parametrize("stem", ["docgen-evidence-1", "docgen-evidence-2"])
@pytest.mark.parametrize("slug", ["baa", "psa"])
def test_uses_in_a_signed_file_are_those_that_pyhanko_finds(stem: str, slug: str) -> None:
    """Of every object, in every revision."""
    files = unpack((GOLDEN / f"{stem}.bundle.zip").read_bytes())
    pdf = files[f"documents/{slug}/signed.pdf"]
    found = 0
    for revision in range(PdfFileReader(BytesIO(pdf)).total_revisions):
        told = uses(pdf, revision, ours=True)
        assert told == uses(pdf, revision, ours=False)
        found += sum(map(len, (told or {}).values()))
    assert found > 100


class Tangle:
    """A small file of several revisions whose objects refer to each other in any way at all."""

    def __init__(self, seed: int) -> None:
        self._choose = random.Random(seed)  # noqa: S311  # chooses samples, guards nothing
        self._count = self._choose.randrange(6, 9)

    def pdf(self) -> bytes:
        """Write it."""
        out, before = b"%PDF-1.7\n", b""
        for revision in range(REVISIONS):
            every = range(1, self._count)
            few = sorted(self._choose.sample(every, self._choose.randrange(1, 4)))
            table = b"" if revision else b"0 1\n0000000000 65535 f \n"
            for number in few if revision else every:
                table += b"%d 1\n%010d 00000 n \n" % (number, len(out))
                out += b"%d 0 obj\n%s\nendobj\n" % (number, self._object(number).encode())
            start = len(out)
            told = b"trailer\n<</Size %d/Root 1 0 R%s>>" % (self._count, before)
            out += b"xref\n%s%s\nstartxref\n%d\n%%%%EOF\n" % (table, told, start)
            before = b"/Prev %d" % start
        return out

    def _object(self, number: int) -> str:
        if number == 1:
            tree = "3 0 R" if self._choose.random() < 0.8 else self._dictionary(0)
            return (
                f"<</Type/Catalog/Pages 2 0 R/StructTreeRoot {tree}"
                f"/AcroForm {self._value(0)}/Names {self._value(0)}>>"
            )
        if number == 2:
            first, second = self._choose.sample(range(4, self._count), 2)
            return f"<</Type/Pages/Kids[{first} 0 R {second} 0 R]>>"
        if number == 3:
            return f"<</K {self._value(0)}/ParentTree {self._value(0)}>>"
        kind = self._choose.random()
        if kind < 0.1:
            return self._reference()  # an object that is but a reference
        return f"[{self._value(1)} {self._value(1)}]" if kind < 0.2 else self._dictionary(0)

    def _reference(self) -> str:
        return f"{self._choose.randrange(1, self._count)} 0 R"

    def _value(self, depth: int) -> str:
        kind = self._choose.random()
        if kind < 0.35:
            return self._reference()
        if depth < 2 and kind < 0.6:
            parts = [self._value(depth + 1) for _ in range(self._choose.randrange(3))]
            return f"[{' '.join(parts)}]"
        return self._dictionary(depth + 1) if depth < 2 and kind < 0.8 else "1"

    def _dictionary(self, depth: int) -> str:
        keys = self._choose.sample(KEYS, self._choose.randrange(3))
        parts = [f"{key} {self._value(depth)}" for key in keys]
        if self._choose.random() < 0.5:
            parts.append(f"/Type{self._choose.choice(TYPES)}")
        if self._choose.random() < 0.1:
            parts.append("/FT/Sig")
        return f"<<{' '.join(parts)}>>"


@settings(deadline=None, max_examples=50)
@given(st.integers(min_value=0, max_value=10**9))
def test_uses_in_any_tangle_are_those_that_pyhanko_finds(seed: int) -> None:
    """Also where keys and types stand that have no business there; malformed is malformed to both."""
    pdf = Tangle(seed).pdf()
    for revision in range(REVISIONS):
        assert uses(pdf, revision, ours=True) == uses(pdf, revision, ours=False)


def test_tangles_are_not_all_malformed() -> None:
    """The control: most files of the test above are read, and objects in them are used."""
    told = [uses(Tangle(seed).pdf(), 0, ours=True) for seed in range(40)]
    assert sum(bool(one and any(one.values())) for one in told) > 20


def test_another_pyhanko_traces_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whose ways are not known here is not spoken for."""
    reader = PdfFileReader(BytesIO(Tangle(1).pdf()))
    monkeypatch.setattr(check, "KNOWN_PYHANKO", "0.0.")
    check.trace_what_matters(reader)
    assert "get_historical_resolver" not in vars(reader)
    monkeypatch.undo()
    check.trace_what_matters(reader)
    assert "get_historical_resolver" in vars(reader)


@pytest.mark.parametrize(
    "text",
    [
        b"<>",
        b"<0aFf>",
        b"<0aF>",
        b"<0a\n Ff>",
        b"<0a%comment>\nFf>",
        b"<0x>",
        b"<0a",
        b"<" + b"00" * 100_000 + b">",
        b"<" + b"0a" * 6_144 + b">",
    ],
    ids=["nothing", "plain", "odd", "spaces", "comment", "other", "endless", "long", "signature"],
)
def test_hex_digits_are_read_as_pyhanko_reads_them(text: bytes) -> None:
    """The same string, the same end, the same refusal."""

    def read() -> tuple[Any, int] | str:
        stream = BytesIO(b"/Contents " + text + b" /Next")
        stream.seek(len(b"/Contents "))
        try:
            return generic.read_hex_string_from_stream(stream), stream.tell()
        except Exception as error:  # noqa: BLE001  # what is refused is compared
            return repr(error)

    before = generic.read_hex_string_from_stream
    alone = read()
    with check.hex_at_once():
        assert generic.read_hex_string_from_stream is not before
        assert read() == alone
    assert generic.read_hex_string_from_stream is before


def _apart(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-I", "-c", program, str(VERIFIER)],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


_LOADING = """
import runpy, sys
told = runpy.run_path(sys.argv[1])
told["leave_network_out"]()
{change}
print(told["pyhanko_missing"](), "aiohttp.client" in sys.modules)
"""


def test_the_network_library_is_not_loaded() -> None:
    """Nothing is fetched, so what fetches is left out; pyHanko does not miss it."""
    assert _apart(_LOADING.format(change="")) == "None False\n"


def test_a_pyhanko_that_misses_the_network_library_gets_it() -> None:
    """One that cannot be loaded without it is not taken for a missing one."""
    change = "del type(sys.modules['aiohttp']).__getattr__"
    assert _apart(_LOADING.format(change=change)) == "None True\n"


def test_within_another_program_everything_is_loaded_as_ever() -> None:
    """Only the command leaves something out: who imports the verifier may need the network."""
    told = runpy.run_path(str(VERIFIER))
    assert told["pyhanko_missing"]() is None
    assert not isinstance(sys.modules.get("aiohttp"), told["StandIn"])
