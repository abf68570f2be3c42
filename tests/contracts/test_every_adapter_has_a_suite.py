"""Every adapter that can be chosen by its entry point has taken its port's contract suite."""

from __future__ import annotations

import ast
import importlib
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONTRACTS = "tests.contracts."
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
ADAPTERS = sorted(
    (group, key, target)
    for group, entries in PROJECT["entry-points"].items()
    if group.startswith("docgen.")
    for key, target in entries.items()
)


def suites() -> set[str]:
    """Name every adapter class, `module:Class`, that a test class puts through a contract suite."""
    found = set()
    for file in sorted((ROOT / "tests" / "integrations").rglob("test_*.py")):
        found |= proven(ast.parse(file.read_text("utf-8")))
    return found


def proven(module: ast.Module) -> set[str]:
    """Name the adapters used by this module's subclasses of a contract suite."""
    sources = {
        alias.asname or alias.name: f"{node.module}:{alias.name}"
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }
    contracts = {name for name, source in sources.items() if source.startswith(CONTRACTS)}
    found = set()
    for node in module.body:
        bases = {getattr(base, "id", "") for base in getattr(node, "bases", [])}
        if isinstance(node, ast.ClassDef) and bases & contracts:
            found |= _made(node, module, sources)
    return found


def _made(suite: ast.ClassDef, module: ast.Module, sources: dict[str, str]) -> set[str]:
    """Name the adapters a suite uses, itself or through functions of its module."""
    used = {node.id for node in ast.walk(suite) if isinstance(node, ast.Name)}
    for node in module.body:
        if isinstance(node, ast.FunctionDef) and node.name in used:
            used |= {item.id for item in ast.walk(node) if isinstance(item, ast.Name)}
    named = {sources[name] for name in used if name in sources}
    return {item for item in named if item.startswith("integrations.")}


def test_there_are_adapters() -> None:
    """The list is not empty, so the next test can fail."""
    assert len(ADAPTERS) >= 12


@pytest.mark.parametrize(
    ("group", "key", "target"), ADAPTERS, ids=[f"{group}.{key}" for group, key, _ in ADAPTERS]
)
def test_the_adapter_is_there_and_has_its_suite(group: str, key: str, target: str) -> None:
    """It loads, answers to its key, and a contract suite names it."""
    module, _, name = target.partition(":")
    adapter = getattr(importlib.import_module(module), name)
    assert getattr(adapter, "key", key) == key  # clocks and ids are known by their port alone
    found = any(_loaded(item) is adapter for item in suites())
    assert found, f"{group} {key} has no contract suite under tests/integrations"


def _loaded(target: str) -> object:
    """Load what a suite names; a package may hand on a class of one of its modules."""
    module, _, name = target.partition(":")
    return getattr(importlib.import_module(module), name, None)


def test_an_adapter_without_a_suite_would_be_found() -> None:
    """The control: a test that only imports the adapter, or inherits from nothing, proves nothing."""
    opening = "from integrations.archive.s3 import S3Archive\n"
    contract = "from tests.contracts.archive import ArchiveContract\n"
    plain = "class TestS3:\n    def archive(self):\n        return S3Archive()\n"
    taken = "class TestS3(ArchiveContract):\n    def archive(self):\n        return S3Archive()\n"
    assert proven(ast.parse(opening + contract + plain)) == set()
    assert proven(ast.parse(opening + contract + taken.replace("S3Archive()", "None"))) == set()
    assert "integrations.archive.s3:S3Archive" in proven(ast.parse(opening + contract + taken))
