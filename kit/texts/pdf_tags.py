"""The structure of a PDF that screen readers walk, where the renderer leaves it unsaid."""

from typing import Any


def mend_structure(pdf: Any) -> None:
    """Heads of columns and of rows are told apart; a list holds its items, whatever they are laid out with."""
    elements = {each.reference: each for each in pdf.objects if isinstance(each, dict) and _is_element(each)}
    for element in elements.values():
        if element["S"] == "/TH":
            row = elements[element["P"]]
            element["A"]["Scope"] = "/Column" if elements[row["P"]]["S"] == "/THead" else "/Row"
        elif element["S"] == "/L" and element.free != "f":
            element["K"][:] = _items_of(element, element, elements)


def _is_element(found: dict[str, Any]) -> bool:
    return found.get("Type") == "/StructElem"


def _items_of(group: Any, holder: Any, elements: dict[Any, Any]) -> list[Any]:
    """Without the boxes that only group them. A list within a list stands beside items; one by itself is such a box."""
    found = []
    for reference in group["K"]:
        kid = elements[reference]
        if kid["S"] == "/Div" or (kid["S"] == "/L" and len(group["K"]) == 1):
            kid.free = "f"  # it is written no more
            found += _items_of(kid, holder, elements)
        else:
            kid["P"] = holder.reference
            found.append(reference)
    return found
