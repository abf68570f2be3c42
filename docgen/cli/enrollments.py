"""`docgen enroll`: a form in, an enrollment id out, or every problem at once."""

from __future__ import annotations

from pathlib import Path

import click

from docgen.cli.output import as_json, say, say_json, warn
from docgen.cli.site import site
from docgen.errors import EnrollmentInvalid, InputError
from docgen.services.enroll import Enrolled
from docgen.services.enroll import enroll as enroll_form
from docgen.services.enrollment_file import read_enrollment

LARGEST = 1024 * 1024


@click.command(short_help="Check and store an enrollment form.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--draft", is_flag=True, help="Store what is there, and say what is still missing.")
@as_json
def enroll(file: Path, draft: bool, as_json: bool) -> None:
    r"""Check FILE (.json, .yaml or .toml) and store it as an enrollment.

    Prints the enrollment id, or every problem with its rule (val.*) and its path. Warnings do not
    stop anything. The same form again gives the same id; a form whose record_id is known becomes
    that enrollment's next version.

    \b
    Examples:
      docgen enroll practice.yaml
      docgen enroll practice.yaml --draft      store it although something is still missing
    """
    office = site().office
    try:
        raw = read_enrollment(_read(file), suffix=file.suffix.lower())
        result = enroll_form(office, raw, draft=draft, actor="user:command-line")
    except EnrollmentInvalid as error:
        if as_json:
            say_json({"problems": [_problem(item) for item in error.problems]})
        raise
    if as_json:
        say_json(_summary(result))
        return
    for item in result.checked.warnings:
        warn(f"Warning {item.rule}  {item.path}: {item.message}")
    for missing in result.checked.missing:
        warn(f"Still missing ({missing.needed_for}): {missing.message}")
    word = "stored" if result.is_new else "already stored"
    say(f"{result.version.enrollment_id}  version {result.version.version} {word}")


def _read(file: Path) -> bytes:
    """Read a file of bounded size.

    Raises:
        InputError: the file cannot be read or is too large.
    """
    try:
        with file.open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "no such name"
        raise InputError(f"The file cannot be read ({why}); check its name.") from error
    if len(data) > LARGEST:
        raise InputError("The file is larger than 1 MiB; an enrollment form is far smaller.")
    return data


def _problem(item: object) -> dict[str, str]:
    return {name: str(getattr(item, name)) for name in ("rule", "path", "message")}


def _summary(result: Enrolled) -> dict[str, object]:
    return {
        "enrollment": result.version.enrollment_id,
        "version": result.version.version,
        "sha256": result.version.sha256,
        "draft": result.version.is_draft,
        "warnings": [_problem(item) for item in result.checked.warnings],
        "missing": [
            {"path": item.path, "needed_for": str(item.needed_for), "message": item.message}
            for item in result.checked.missing
        ],
    }
