"""Stripe's published parameters, brought up to the API version the stand-in speaks."""

import functools
import json
from pathlib import Path

FOLDER = Path(__file__).parent / "schema"
FORM = "application/x-www-form-urlencoded"


@functools.cache
def description() -> dict:
    """The slice of Stripe's own, with payouts as the installed library describes them."""
    whole = json.loads((FOLDER / "openapi-2026-08-26.dahlia.slice.json").read_text(encoding="utf-8"))
    whole["paths"].update(payouts()["paths"])
    schemas = whole["components"]["schemas"]
    schemas.update(payouts()["schemas"])
    for kind, sources in payouts()["sources"].items():
        choices = schemas[kind]["properties"]["source"]["anyOf"]
        choices += [{"$ref": f"#/components/schemas/{source}"} for source in sources]
    return whole


@functools.cache
def payouts() -> dict:
    return json.loads((FOLDER / "payouts.json").read_text(encoding="utf-8"))


@functools.cache
def delta() -> dict:
    return json.loads((FOLDER / "endive-delta.json").read_text(encoding="utf-8"))


@functools.cache
def parameters(method: str, path: str) -> dict:
    """The parameters of one operation as an object schema; path placeholders are not among them."""
    operation = description()["paths"][path][method.lower()]
    if method == "GET":
        query = [entry for entry in operation["parameters"] if entry["in"] == "query"]
        schema = {"type": "object", "properties": {entry["name"]: entry["schema"] for entry in query}}
    else:
        schema = json.loads(json.dumps(operation["requestBody"]["content"][FORM]["schema"]))
    change = delta()["request"].get(f"{method} {path}")
    if change:
        _bring_up_to_date(schema["properties"], change)
    return schema


def _bring_up_to_date(properties: dict, change: dict) -> None:
    for name in change["removed"]:
        del properties[name]
    for name in change["added"]:
        properties[name] = {"type": "array", "items": {"type": "string"}}
    properties["ui_mode"]["enum"].append("form")
    product = properties["line_items"]["items"]["properties"]["price_data"]["properties"]["product_data"]
    product["properties"]["tax_details"] = {
        "type": "object",
        "properties": {"performance_location": {"type": "string"}, "tax_code": {"type": "string"}},
    }
