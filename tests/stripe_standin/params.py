"""Reads form parameters as Stripe does: nested names, typed by the published description, unknown names refused."""

from urllib.parse import parse_qsl

from . import published
from .errors import invalid

METADATA_KEYS = 50
METADATA_KEY_LENGTH = 40
METADATA_VALUE_LENGTH = 500


def decode(text: str) -> dict:
    """`a[0][b]=1` becomes {"a": [{"b": "1"}]}; every value stays a string."""
    root: dict = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        node, keys = root, name.replace("]", "").split("[")
        for key, following in zip(keys, [*keys[1:], None], strict=True):
            key = key or str(len(node))
            if following is None:
                node[key] = value
            else:
                node = node.setdefault(key, {})
                if not isinstance(node, dict):
                    raise invalid(f"Invalid hash: {name}", name)
    return {key: _lists(value) for key, value in root.items()}


def read(method: str, path: str, given: dict) -> dict:
    """The typed parameters of one operation; raises StripeError with Stripe's codes."""
    return _object(published.parameters(method, path), given, "")


def _lists(node):
    if not isinstance(node, dict):
        return node
    if node and all(key.isdigit() for key in node):
        return [_lists(node[key]) for key in sorted(node, key=int)]
    return {key: _lists(value) for key, value in node.items()}


def _value(schema: dict, given, name: str):
    if "anyOf" in schema:
        return _value(_fitting(schema["anyOf"], given), given, name)
    kind = schema.get("type", "string")
    if kind == "object":
        return _object(schema, given, name)
    if kind == "array":
        return _array(schema, given, name)
    return _scalar(schema, kind, given, name)


def _fitting(choices: list[dict], given) -> dict:
    """Published alternatives differ in shape, so the shape of what was sent decides."""
    shape = {"dict": "object", "list": "array"}.get(type(given).__name__)
    if shape:
        fitting = [choice for choice in choices if choice.get("type") == shape]
    else:
        fitting = [choice for choice in choices if choice.get("type") not in ("object", "array")]
        fitting.sort(key=lambda choice: given not in choice.get("enum", []))
    return (fitting or choices)[0]


def _object(schema: dict, given, name: str) -> dict:
    if not isinstance(given, dict):
        raise invalid("Invalid object", name)
    if "properties" not in schema:
        return _metadata(given, name)
    known = schema["properties"]
    for key in given:
        if key not in known:
            raise invalid(f"Received unknown parameter: {_inside(name, key)}", _inside(name, key), "parameter_unknown")
    for key in schema.get("required", []):
        if key not in given:
            raise invalid(f"Missing required param: {_inside(name, key)}.", _inside(name, key), "parameter_missing")
    return {key: _value(known[key], value, _inside(name, key)) for key, value in given.items()}


def _metadata(given: dict, name: str) -> dict:
    if len(given) > METADATA_KEYS:
        raise invalid(f"Metadata can have at most {METADATA_KEYS} keys", name)
    for key, value in given.items():
        if not isinstance(value, str):
            raise invalid("Metadata values must be strings", _inside(name, key))
        if len(key) > METADATA_KEY_LENGTH or len(value) > METADATA_VALUE_LENGTH:
            limits = f"keys up to {METADATA_KEY_LENGTH} and values up to {METADATA_VALUE_LENGTH} characters"
            raise invalid(f"Metadata takes {limits}", _inside(name, key))
    return dict(given)


def _array(schema: dict, given, name: str) -> list:
    if not isinstance(given, list):
        raise invalid("Invalid array", name)
    return [_value(schema["items"], value, f"{name}[{place}]") for place, value in enumerate(given)]


def _scalar(schema: dict, kind: str, given, name: str):
    if not isinstance(given, str):
        raise invalid(f"Invalid {kind}", name)
    if "enum" in schema and given not in schema["enum"]:
        raise invalid(f"Invalid {name}: must be one of {', '.join(schema['enum'])}", name)
    if kind == "integer":
        return _integer(given, name)
    if kind == "boolean":
        return _boolean(given, name)
    if given == "" and "enum" not in schema:
        raise invalid("You passed an empty string for a value that cannot be empty.", name, "parameter_invalid_empty")
    if "maxLength" in schema and len(given) > schema["maxLength"]:
        raise invalid(f"Invalid string: at most {schema['maxLength']} characters", name)
    return given


def _integer(given: str, name: str) -> int:
    if not given.removeprefix("-").isascii() or not given.removeprefix("-").isdigit():
        raise invalid(f"Invalid integer: {given}", name, "parameter_invalid_integer")
    return int(given)


def _boolean(given: str, name: str) -> bool:
    if given not in ("true", "false"):
        raise invalid(f"Invalid boolean: {given}", name)
    return given == "true"


def _inside(name: str, key: str) -> str:
    return f"{name}[{key}]" if name else key
