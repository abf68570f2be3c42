"""YAML as the clause source uses it: text, lists and keys, and nothing that could surprise.

Every scalar is a string. Tags, aliases, a second document and a key given twice are refused.
"""

from __future__ import annotations

import yaml

from docgen.errors import TemplateInvalid

LARGEST = 2_000_000
DEEPEST = 24

# libyaml where it is built in: some eight times faster, same nodes.
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_TAGS = {
    yaml.ScalarNode: "tag:yaml.org,2002:str",
    yaml.SequenceNode: "tag:yaml.org,2002:seq",
    yaml.MappingNode: "tag:yaml.org,2002:map",
}

Plain = str | list["Plain"] | dict[str, "Plain"]


def read_yaml(data: bytes, where: str) -> Plain:
    """Read one YAML document.

    Raises:
        TemplateInvalid: the message names the file, the line and what is wrong there.
    """
    if len(data) > LARGEST:
        raise TemplateInvalid(f"{where} is larger than {LARGEST} bytes; split the agreement.")
    try:
        root = yaml.compose(data.decode("utf-8"), Loader=_LOADER)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise TemplateInvalid(f"{where} is not valid YAML: {_said(error)}.") from error
    if root is None:
        raise TemplateInvalid(f"{where} is empty.")
    return _Builder(where).value(root, 0)


def _said(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "it is not UTF-8 text or nested too deeply"
    return f"line {mark.line + 1}: {problem}" if mark is not None else str(problem)


class _Builder:
    """Turns nodes into values, seeing each node once."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._seen: set[int] = set()

    def value(self, node: yaml.Node, depth: int) -> Plain:
        if id(node) in self._seen:
            raise self._fault(node, "anchors and aliases are not used here")
        self._seen.add(id(node))
        if node.tag != _TAGS.get(type(node)):
            raise self._fault(node, "tags are not used here")
        if depth > DEEPEST:
            raise self._fault(node, "this is nested too deeply")
        match node:
            case yaml.MappingNode():
                return self._mapping(node, depth)
            case yaml.SequenceNode():
                return [self.value(item, depth + 1) for item in node.value]
            case _:
                return str(node.value)

    def _mapping(self, node: yaml.MappingNode, depth: int) -> dict[str, Plain]:
        found: dict[str, Plain] = {}
        for key_node, value_node in node.value:
            key = self.value(key_node, depth + 1)
            if not isinstance(key, str):
                raise self._fault(key_node, "a key must be a word")
            if key in found:
                raise self._fault(key_node, f"the key {key!r} stands twice")
            found[key] = self.value(value_node, depth + 1)
        return found

    def _fault(self, node: yaml.Node, what: str) -> TemplateInvalid:
        return TemplateInvalid(f"{self._where}, line {node.start_mark.line + 1}: {what}.")
