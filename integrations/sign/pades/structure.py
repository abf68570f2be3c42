"""The tags of form fields: every widget stands in the structure tree (ISO 14289-1, 7.18.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from integrations.sign.pades.objects import array, dictionary, is_array, is_reference, name, number

if TYPE_CHECKING:
    from docgen.ports.typesetter import PanelPlace
    from integrations.sign.pades.content import PageMarks
    from integrations.sign.pades.objects import Pdf
    from integrations.sign.pades.revision import Revision

_GROUPS = {"/Div", "/Sect", "/Part", "/Art"}


def tag_widget(
    revision: Revision,
    widget: Pdf,
    page: Pdf,
    place: PanelPlace | None,
    marks: PageMarks,
) -> None:
    """Tag one widget, where possible within the block of the page that its panel stands in.

    A file without a structure tree stays without.
    """
    if "/StructTreeRoot" not in revision.root:
        return
    root = revision.root["/StructTreeRoot"]
    parent, position = _home(root, page, place, marks)
    form = revision.add_object(
        dictionary(
            Type=name("StructElem"),
            S=name("Form"),
            P=parent,
            Pg=page,
            K=dictionary(Type=name("OBJR"), Obj=widget, Pg=page),
        )
    )
    children = _children(parent.get_object())
    children.insert(len(children) if position is None else position, form)
    revision.update_container(parent.get_object())
    widget.get_object()["/StructParent"] = number(_register(revision, root, form))


def _home(
    root: Pdf,
    page: Pdf,
    place: PanelPlace | None,
    marks: PageMarks,
) -> tuple[Pdf, int | None]:
    """Find the element to stand in, and the position there (None: last)."""
    document = _first_child(root)
    block = _block_beside(root, page, place, marks) if place is not None else None
    if block is None:
        return document, None
    if block.get_object()["/S"] in _GROUPS:
        return block, None
    siblings = _children(document.get_object())
    position = next(
        (index for index, kid in enumerate(siblings) if _same(siblings.raw_get(index), block)),
        None,
    )
    return document, None if position is None else position + 1


def _first_child(root: Pdf) -> Pdf:
    children: Pdf = root.raw_get("/K")
    if is_reference(children) and is_array(children.get_object()):
        children = children.get_object()
    child = children.raw_get(0) if is_array(children) else children
    if not is_reference(child):
        raise TypeError
    return child


def _block_beside(root: Pdf, page: Pdf, place: PanelPlace, marks: PageMarks) -> Pdf | None:
    """Find the topmost element around the last label left of the panel's blanks."""
    beside = [
        mark
        for mark, (x, y) in marks.on(page).items()
        if x <= place.x and place.y <= y <= place.y + place.height
    ]
    if not beside or "/StructParents" not in page.get_object():
        return None
    owners = _look_up(root["/ParentTree"], int(page.get_object()["/StructParents"]))
    if not is_array(owners) or max(beside) >= len(owners):
        return None
    element: Pdf = owners.raw_get(max(beside))
    document = _first_child(root)
    for _ in range(100):  # deeper nesting than any document has
        if not is_reference(element):
            return None
        parent = element.get_object().raw_get("/P")
        if _same(parent, document):
            return element
        element = parent
    return None


def _same(left: Pdf, right: Pdf) -> bool:
    return bool(is_reference(left) and left.reference == right.reference)


def _children(element: Pdf) -> Pdf:
    """Give the element's children as an array that can grow."""
    if "/K" not in element:
        element["/K"] = array()
    elif not is_array(element["/K"]):
        element["/K"] = array(element.raw_get("/K"))
    return element["/K"]


def _look_up(tree: Pdf, key: int) -> Pdf:
    """Find a key in a number tree (ISO 32000-1, 7.9.7)."""
    if "/Nums" in tree:
        numbers = tree["/Nums"]
        found = (at for at in range(0, len(numbers), 2) if numbers[at] == key)
        at = next(found, None)
        return None if at is None else numbers[at + 1]
    for kid in tree["/Kids"]:
        low, high = kid["/Limits"]
        if low <= key <= high:
            return _look_up(kid, key)
    return None


def _register(revision: Revision, root: Pdf, form: Pdf) -> int:
    """Enter the element into the parent tree under the next free key."""
    tree = root["/ParentTree"]
    known = "/ParentTreeNextKey" in root
    key = int(root["/ParentTreeNextKey"]) if known else _highest(tree) + 1
    leaf = tree
    while "/Kids" in leaf:
        leaf = leaf["/Kids"][-1]
        leaf["/Limits"][1] = number(key)
        revision.update_container(leaf)
    leaf["/Nums"].append(number(key))
    leaf["/Nums"].append(form)
    revision.update_container(leaf["/Nums"])
    root["/ParentTreeNextKey"] = number(key + 1)
    revision.update_container(root)
    return key


def _highest(tree: Pdf) -> int:
    if "/Kids" in tree:
        return int(tree["/Kids"][-1]["/Limits"][1])
    numbers = tree["/Nums"]
    return int(numbers[-2]) if numbers else -1
