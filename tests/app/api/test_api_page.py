"""The page about the API is true: its examples run, its tables are those of the program."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from docgen import errors
from docgen.outcome import outcome_of
from tests.app.api.caller import AT, issued
from tests.app.browser.serving import served

if TYPE_CHECKING:
    from tests.app.desk.staff import Desk

PAGE = (Path(__file__).parents[3] / "docs" / "api.md").read_text("utf-8")
EXAMPLES = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def run(example: str, folder: Path, known: dict[str, str]) -> str:
    """Run one example in a shell that knows these names."""
    ran = subprocess.run(
        ["sh", "-eu", "-c", example],
        cwd=folder,
        env={"PATH": os.environ["PATH"], **known},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_the_examples_run(desk: Desk, tmp_path: Path) -> None:
    """Each as it stands on the page, against a served site."""
    packet = desk.packet()
    known = {"TOKEN": issued(desk, "coordinator")[0], "PACKET": packet.id}
    assert len(EXAMPLES) == 3
    with served(desk) as address:
        listed, stored, _ = (run(one, tmp_path, {**known, "SITE": address}) for one in EXAMPLES)
    assert json.loads(listed)["items"][0]["packet_id"] == packet.id
    assert json.loads(stored)["missing"]
    assert (tmp_path / "psa.pdf").read_bytes().startswith(b"%PDF-")


def test_an_example_without_its_token_fails(desk: Desk, tmp_path: Path) -> None:
    """Control: the examples can fail."""
    with served(desk) as address, pytest.raises(AssertionError, match=r"token-refused|not found"):
        run(EXAMPLES[0], tmp_path, {"TOKEN": "docgen_x", "SITE": address})


def test_every_address_is_on_the_page(desk: Desk) -> None:
    """With its method; and none that is gone."""
    description = json.loads(desk.client().get(f"{AT}/openapi.json").content)
    described = {
        (method.upper(), path.removeprefix(AT))
        for path, methods in description["paths"].items()
        for method in methods
    }
    told = {
        (row[0], address)
        for row in re.findall(r"^\| (GET|POST) \| (.*?) \|", PAGE, re.MULTILINE)
        for address in re.findall(r"`([^`]+)`", row[1])
    }
    assert told == described


def test_every_code_is_on_the_page() -> None:
    """Beside the status it comes with."""
    rows = re.findall(r"^\| (\d{3}) \| (.*) \|$", PAGE, re.MULTILINE)
    told = {
        (int(status), code) for status, cell in rows for code in re.findall(r"`([a-z-]+)`", cell)
    }
    ours = {
        (outcome_of(kind.__new__(kind)).status, kind.code)
        for kind in vars(errors).values()
        if isinstance(kind, type)
        and issubclass(kind, (errors.DocgenError, errors.ConfigurationError))
    }
    assert ours <= told
    of_the_framework = {"method-not-allowed", "too-large", "media-type"}
    assert {code for _, code in told - ours} == of_the_framework
