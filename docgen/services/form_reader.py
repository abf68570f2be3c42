"""The child process that reads a returned form: a program of its own, with little memory and time.

It reads one PDF from standard input and answers one line of JSON: the fields with what stands in
them, or `{"problem": "..."}`. It reads nothing but field values, imports nothing of the product and
can open neither file nor connection; whatever a hostile file does to it ends with it.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from typing import Any

MEMORY = 1024 * 1024 * 1024
SECONDS = 20
MOST_FIELDS = 2_000
MOST_DEPTH = 16
MOST_PAGES = 200
MOST_CHARACTERS = 5_000
MOST_TOGETHER = 500_000
ENCRYPTED = "it is locked with a password or encrypted; save it without protection"
SCRIPTS = "it holds scripts or actions, which the form does not"
ATTACHED = "files are attached to it, which the form does not have; send them apart"
XFA = "it holds a second form of the XFA kind; fill in the form as we made it"
NO_FIELDS = (
    "there are no fields in it to read: it was printed or flattened, or is another document. Send "
    "the form as your PDF viewer saves it"
)
MALFORMED = "it is damaged or no PDF; save it again and send the whole file"
TOO_MANY = f"it has more than {MOST_FIELDS} fields or {MOST_PAGES} pages, far more than the form"
TOO_LONG = f"a field in it holds more than {MOST_CHARACTERS} characters; shorten what you wrote"
TWICE = "two fields in it have one name; fill in the form as we made it"
_ACTIONS = {
    "/JavaScript",
    "/Launch",
    "/SubmitForm",
    "/ImportData",
    "/GoToR",
    "/GoToE",
    "/Rendition",
}
_ATTACHING = {"/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"}


class Unusable(Exception):
    """The file cannot be used; the words say why."""


def limit() -> None:
    """Give up the means to do harm before anything hostile is read."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))  # no file and no socket from here on


def warm_up() -> None:
    """Read a harmless file, so that all code is there before nothing can be opened."""
    import codecs
    import zlib

    import pypdf.filters
    from pypdf import PdfReader, PdfWriter

    # Codecs are loaded at first use; text marked as UTF-16, and a file identifier that happens to
    # look so, would otherwise ask for one when it is too late.
    for name in ("utf-8", "utf-16", "utf-16-be", "utf-16-le", "latin-1", "charmap"):
        codecs.lookup(name)
    blank = io.BytesIO()
    writer = PdfWriter()
    writer.add_blank_page(72, 72)
    writer.write(blank)
    pypdf.filters.FlateDecode.decode(zlib.compress(b"0"))
    _ = [page.get("/Annots") for page in PdfReader(blank, strict=False).pages]


def look(data: bytes) -> dict[str, object]:
    """Return the fields, or raise Unusable."""
    from pypdf import PdfReader

    if b"%PDF-" not in data[:1024] or b"%%EOF" not in data[-2048:]:
        raise Unusable(MALFORMED)
    reader = PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted:
        raise Unusable(ENCRYPTED)
    _refuse_active(reader.root_object)
    kids = _fields(reader.root_object)
    for number, page in enumerate(reader.pages):
        if number >= MOST_PAGES:
            raise Unusable(TOO_MANY)
        _refuse_active_page(page)
    fields: list[dict[str, object]] = []
    _walk(kids, {}, "", fields, 0)
    names = [one["name"] for one in fields]
    if len(set(names)) != len(names):
        raise Unusable(TWICE)
    if sum(len(str(one["value"])) for one in fields) > MOST_TOGETHER:
        raise Unusable(TOO_LONG)
    return {"fields": fields}


def _fields(catalog: dict[str, Any]) -> list[Any]:
    form = _dictionary(catalog.get("/AcroForm"))
    if "/XFA" in form:
        raise Unusable(XFA)
    kids = _array(form.get("/Fields"))
    if not kids:
        raise Unusable(NO_FIELDS)
    return kids


def _walk(
    kids: list[Any], above: dict[str, Any], name: str, fields: list[dict[str, object]], depth: int
) -> None:
    """Collect the fields below; kids without a name are views of the field above them."""
    if depth > MOST_DEPTH:
        raise Unusable(TOO_MANY)
    for kid in kids:
        node = _dictionary(kid)
        _refuse_actions(node)
        own = str(node.get("/T", ""))[:200]
        path = f"{name}.{own}" if name and own else name or own
        own_values: dict[str, Any] = {key: node[key] for key in ("/FT", "/V") if key in node}
        held = {**above, **own_values}
        below = _array(node.get("/Kids"))
        named = [one for one in below if "/T" in _dictionary(one)]
        if named:
            _walk(below, held, path, fields, depth + 1)
            continue
        for view in below:
            _refuse_actions(_dictionary(view))
        fields.append({"name": path, "kind": str(held.get("/FT", "")), "value": _value(held)})
        if len(fields) > MOST_FIELDS:
            raise Unusable(TOO_MANY)


def _value(held: dict[str, Any]) -> object:
    """Return text, or a list of texts; signatures and the like count as nothing."""
    given: Any = held.get("/V")
    value = given.get_object() if hasattr(given, "get_object") else given
    if held.get("/FT") == "/Sig" or value is None:
        return ""
    if isinstance(value, list):
        return [_text(one) for one in value[:100]]
    return _text(value)


def _text(value: Any) -> str:
    if isinstance(value, dict):
        raise Unusable(MALFORMED)
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    text = str(value)
    if len(text) > MOST_CHARACTERS:
        raise Unusable(TOO_LONG)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _refuse_active(catalog: dict[str, Any]) -> None:
    names = _dictionary(catalog.get("/Names"))
    if "/JavaScript" in names or "/AA" in catalog or _dictionary(catalog.get("/OpenAction")):
        raise Unusable(SCRIPTS)
    if {"/EmbeddedFiles"} & set(names) or {"/AF", "/Collection"} & set(catalog):
        raise Unusable(ATTACHED)


def _refuse_active_page(page: dict[str, Any]) -> None:
    if "/AA" in page:
        raise Unusable(SCRIPTS)
    for one in _array(page.get("/Annots"))[: MOST_FIELDS * 4]:
        annotation = _dictionary(one)
        _refuse_actions(annotation)
        if annotation.get("/Subtype") in _ATTACHING:
            raise Unusable(ATTACHED)


def _refuse_actions(node: dict[str, Any]) -> None:
    action = _dictionary(node.get("/A"))
    if "/AA" in node or action.get("/S") in _ACTIONS or "/Next" in action:
        raise Unusable(SCRIPTS)


def _dictionary(value: Any) -> dict[str, Any]:
    """Follow a reference; what is no dictionary counts as an empty one."""
    found = value.get_object() if hasattr(value, "get_object") else value
    return found if isinstance(found, dict) else {}


def _array(value: Any) -> list[Any]:
    found = value.get_object() if hasattr(value, "get_object") else value
    return found if isinstance(found, list) else []


def main() -> None:
    """Answer for the file on standard input."""
    import logging

    logging.disable()
    data = sys.stdin.buffer.read()
    warm_up()
    limit()
    try:
        answer = look(data)
    except Unusable as refused:
        answer = {"problem": str(refused)}
    except BaseException:  # noqa: BLE001  # a hostile file may provoke anything
        answer = {"problem": MALFORMED}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
