"""Cursor lists, filters and expansions, the same for every kind of object."""

import copy
import fnmatch

from . import checkout
from .errors import invalid, missing
from .till import PREFIXES, Till

DEFAULT_LIMIT = 10
MOST = 100
EVENT_DAYS = 30
DEEPEST = 4
PAGING = ("limit", "starting_after", "ending_before", "expand")


def page(till: Till, rows: list[dict], params: dict, url: str) -> dict:
    """One page of `rows`, which come newest first."""
    rows = [row for row in rows if _matches(row, params)]
    limit = params.get("limit", DEFAULT_LIMIT)
    if not 1 <= limit <= MOST:
        raise invalid(f"Limit must be between 1 and {MOST}.", "limit", "parameter_invalid_integer")
    if "starting_after" in params:
        rows = rows[_place(rows, params, "starting_after") + 1 :]
    if "ending_before" in params:
        earlier = rows[: _place(rows, params, "ending_before")]
        shown, more = earlier[-limit:], len(earlier) > limit
    else:
        shown, more = rows[:limit], len(rows) > limit
    return {"object": "list", "data": copy.deepcopy(shown), "has_more": more, "url": url}


def recent_events(till: Till) -> list[dict]:
    oldest = till.now() - EVENT_DAYS * 86400
    return [event for event in till.rows("event") if event["created"] >= oldest]


def expanded(till: Till, answer: dict, paths: list[str]) -> dict:
    """A copy of the answer with the named ids replaced by their objects."""
    answer = copy.deepcopy(answer)
    for path in paths:
        keys = path.split(".")
        if len(keys) > DEEPEST + (keys[0] == "data"):
            raise invalid(f"You cannot expand more than {DEEPEST} levels of a property.", "expand")
        _expand(till, answer, keys, path)
    return answer


def _matches(row: dict, params: dict) -> bool:
    return all(_fits(row, name, wanted) for name, wanted in params.items() if name not in PAGING)


def _fits(row: dict, name: str, wanted) -> bool:
    if name == "created" and isinstance(wanted, dict):
        return _within(row["created"], wanted)
    if name == "types":
        return row["type"] in wanted
    if name == "type" and row["object"] == "event":
        return fnmatch.fnmatchcase(row["type"], wanted)
    if name == "delivery_success":
        return (row["pending_webhooks"] == 0) is wanted
    if name == "customer_details":
        return (row["customer_details"] or {}).get("email") == wanted.get("email")
    return row.get(name) == wanted


def _within(moment: int, bounds: dict) -> bool:
    tests = {
        "gt": lambda bound: moment > bound,
        "gte": lambda bound: moment >= bound,
        "lt": lambda bound: moment < bound,
        "lte": lambda bound: moment <= bound,
    }
    return all(tests[name](bound) for name, bound in bounds.items())


def _place(rows: list[dict], params: dict, name: str) -> int:
    for place, row in enumerate(rows):
        if row["id"] == params[name]:
            return place
    raise missing("object", params[name], param=name, status=400)


def _expand(till: Till, node, keys: list[str], path: str) -> None:
    if isinstance(node, list):
        for entry in node:
            _expand(till, entry, keys, path)
        return
    key, rest = keys[0], keys[1:]
    value = _hidden_list(till, node, key)
    if value is None and key not in node:
        raise invalid(f"This property cannot be expanded ({path}).", "expand")
    value = node[key] if value is None else value
    if isinstance(value, str):
        value = _object_behind(till, value, path)
    elif value is not None and not isinstance(value, dict | list):
        raise invalid(f"This property cannot be expanded ({path}).", "expand")
    node[key] = value
    if rest and value is not None:
        _expand(till, value, rest, path)


def _object_behind(till: Till, object_id: str, path: str) -> dict:
    found = till.find(object_id) if object_id.startswith(tuple(PREFIXES.values())) else None
    if found is None:
        raise invalid(f"This property cannot be expanded ({path}).", "expand")
    return copy.deepcopy(found)


def _hidden_list(till: Till, node: dict, key: str) -> dict | None:
    """Lists Stripe leaves out of an object until they are asked for."""
    if (node.get("object"), key) == ("checkout.session", "line_items") and key not in node:
        return page(till, checkout.items(till, node["id"]), {}, f"/v1/checkout/sessions/{node['id']}/line_items")
    if (node.get("object"), key) == ("charge", "refunds") and key not in node:
        return page(till, till.rows("refund"), {"charge": node["id"]}, f"/v1/charges/{node['id']}/refunds")
    return None
