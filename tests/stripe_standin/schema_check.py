"""Holds the stand-in against Stripe's published description, and our requests against the installed library.

Not imported by the stand-in itself: this needs jsonschema and stripe, both there for the tests.
"""

import copy
import functools
import json
import re
import sys
import types
import typing
from decimal import Decimal

import jsonschema
import stripe.params
import stripe.params.checkout
import typing_extensions
from stripe import RequestOptions

from . import published

REQUESTS = {
    "/v1/checkout/sessions": stripe.params.checkout.SessionCreateParams,
    "/v1/refunds": stripe.params.RefundCreateParams,
}
# Ids and seconds, of which the description says no more than that they are text and number: what differs in them alone
# is looked at once.
OWN_TO_EACH = re.compile(r"\b([a-z]{2,6}_(?:test_)?)[A-Za-z0-9]{12,}|\b1[6-9]\d{8}\b")
LITERALS = (typing.Literal, typing_extensions.Literal)


def check_object(obj: dict) -> list[str]:
    """What is wrong with an answer, an event (with its data.object), a list or an error; empty if nothing is."""
    if "error" in obj:
        return _problems("api_errors", obj["error"])
    if obj.get("object") == "list":
        return [*_list_problems(obj), *(problem for entry in obj["data"] for problem in check_object(entry))]
    found = _problems(obj.get("object", ""), obj)
    if obj.get("object") == "event" and not found:
        found = check_object(obj["data"]["object"])
    return found


def check_request(path: str, params: dict) -> list[str]:
    """What the installed library's types say against the params of a recorded POST; empty if nothing."""
    if path.startswith("/v1/checkout/sessions/") and path.endswith("/expire"):
        return _typed_dict(stripe.params.checkout.SessionExpireParams, params, "")
    if path not in REQUESTS:
        return [f"{path}: no request types are known for this path"]
    return _typed_dict(REQUESTS[path], params, "")


def _list_problems(obj: dict) -> list[str]:
    shape = {"object": str, "data": list, "has_more": bool, "url": str}
    wrong = [name for name, kind in shape.items() if type(obj.get(name)) is not kind]
    return [f"list.{name}: wrong or missing" for name in wrong] + [
        f"list.{name}: unknown" for name in obj.keys() - shape
    ]


def _problems(kind: str, obj: dict) -> list[str]:
    if kind not in published.description()["components"]["schemas"]:
        return [f"unknown object '{kind}'"]
    return _problems_of(kind, OWN_TO_EACH.sub(lambda found: found[1] or "1700000000", json.dumps(obj)))


@functools.cache
def _problems_of(kind: str, text: str) -> list[str]:
    # Of a failed choice, the complaint deepest inside says what is really wrong.
    errors = [jsonschema.exceptions.best_match([error]) for error in _validator(kind).iter_errors(json.loads(text))]
    errors.sort(key=lambda error: error.json_path)
    return [f"{kind}{error.json_path.removeprefix('$')}: {error.message[:300]}" for error in errors]


@functools.cache
def _validator(kind: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator({**_closed_description(), "$ref": f"#/components/schemas/{kind}"})


@functools.cache
def _closed_description() -> dict:
    schemas = copy.deepcopy(published.description()["components"]["schemas"])
    for kind, change in published.delta()["response"].items():
        schemas[kind]["properties"].update({name: {} for name in change["added"]})
    return {"components": {"schemas": _strict(schemas)}}


def _strict(node):
    """JSON Schema for OpenAPI 3.0: `nullable` becomes a choice, objects take no unknown field."""
    if isinstance(node, list):
        return [_strict(entry) for entry in node]
    if not isinstance(node, dict):
        return node
    strict = {key: _strict(value) for key, value in node.items()}
    if isinstance(node.get("properties"), dict) and node.get("type") == "object":
        strict.setdefault("additionalProperties", False)
    if strict.pop("nullable", None) is True:
        return {"anyOf": [strict, {"type": "null"}]}
    return strict


def _typed_dict(kind, given, name: str) -> list[str]:
    if not isinstance(given, dict):
        return [f"{name}: not an object"]
    fields = _fields(kind)
    found = [f"{_inside(name, key)}: unknown" for key in given if key not in fields]
    for key, (annotation, required) in fields.items():
        if key in given:
            found += _value(annotation, given[key], _inside(name, key))
        elif required:
            found.append(f"{_inside(name, key)}: required")
    return found


@functools.cache
def _fields(kind) -> dict:
    """Name to (type, is required); the request options every params class inherits are not parameters."""
    options = RequestOptions.__annotations__
    own = {name: hint for name, hint in kind.__annotations__.items() if name not in options}
    module = vars(sys.modules[kind.__module__])
    hints = typing_extensions.get_type_hints(types.SimpleNamespace(__annotations__=own), module, include_extras=True)
    fields = {}
    for name, hint in hints.items():
        wrapped = typing.get_origin(hint) in (typing_extensions.NotRequired, typing.NotRequired)
        fields[name] = (typing.get_args(hint)[0] if wrapped else hint, not wrapped)
    return fields


def _value(kind, given, name: str) -> list[str]:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        arguments = _closed_choice(arguments)
        tries = [_value(choice, given, name) for choice in arguments]
        return [] if [] in tries else max(tries, key=lambda problems: _goes_deeper(problems, name))
    if origin in LITERALS:
        return [] if given in arguments else [f"{name}: {given!r} is not one of {list(arguments)[:6]}…"]
    if origin in (list, typing.List):  # noqa: UP006
        return _list(arguments[0], given, name)
    if origin in (dict, typing.Dict):  # noqa: UP006
        return _dict(arguments[1], given, name)
    if typing_extensions.is_typeddict(kind):
        return _typed_dict(kind, given, name)
    return _scalar(kind, given, name)


def _closed_choice(arguments: tuple) -> tuple:
    """The library adds `str` to every choice, for values of later versions; a request of ours has no use for them."""
    words = [word for choice in arguments if typing.get_origin(choice) in LITERALS for word in typing.get_args(choice)]
    return tuple(choice for choice in arguments if choice is not str) if any(words) else arguments


def _goes_deeper(problems: list[str], name: str) -> bool:
    """Of a union's complaints, the ones about a part are more telling than "not an object"."""
    return any(problem.startswith(f"{name}[") for problem in problems)


def _list(kind, given, name: str) -> list[str]:
    if not isinstance(given, list):
        return [f"{name}: not a list"]
    return [problem for place, entry in enumerate(given) for problem in _value(kind, entry, f"{name}[{place}]")]


def _dict(kind, given, name: str) -> list[str]:
    if not isinstance(given, dict):
        return [f"{name}: not an object"]
    return [problem for key, entry in given.items() for problem in _value(kind, entry, _inside(name, key))]


def _scalar(kind, given, name: str) -> list[str]:
    """Recorded values are text, as a form carries them."""
    text = str(given).lower() if isinstance(given, bool) else given
    if kind is bool:
        fits = text in ("true", "false")
    elif kind is int:
        fits = str(text).removeprefix("-").isdigit()
    elif kind is str:
        fits = isinstance(text, str)
    else:
        fits = kind in (float, Decimal) and isinstance(text, str | int | float)
    return [] if fits else [f"{name}: {given!r} is not {getattr(kind, '__name__', kind)}"]


def _inside(name: str, key: str) -> str:
    return f"{name}[{key}]" if name else key
