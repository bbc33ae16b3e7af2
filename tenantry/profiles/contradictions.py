"""What the types of a profile cannot say: names agree, calls are calls, conditions name options, reasons are given."""

import re
from collections.abc import Iterator
from typing import Any

from tenantry.profiles.conditions import FACTS, terms
from tenantry.toml import Document, closest
from tenantry.toml.positions import Path as KeyPath

_CALL = re.compile(r"(GET|POST|PUT|PATCH|DELETE) /\S+")
_KINDS = {"boolean": bool, "integer": int, "text": str, "texts": list}
VALUES = (
    "tenant_id",
    "client_id",
    "object_id",
    "service_principal_id",
    "secret_value",
    "secret_id",
    "secret_expires",
    "name",
    "domain",
    "redirect_uri",
    "users",
    "apart",
)
"""What a field of a form can be filled in with."""


def contradictions(document: Document, data: dict[str, Any]) -> None:
    """Reports everything in `data` (checked against the types already) that contradicts itself."""
    if data.get("name") not in (None, document.path.stem):
        document.report(("name",), f'must be "{document.path.stem}", as the file is named.')
    _credential(document, data.get("credential", {}))
    _options(document, data.get("options", {}))
    _conditions(document, data)
    calls = [call if isinstance(call, str) else call.get("call", "") for call in data.get("calls", [])]
    for index, call in enumerate(calls):
        if not _CALL.fullmatch(call):
            document.report(("calls", index), f'"{call}" is not METHOD /path.')
    _permissions(document, data, calls)
    for index, form in enumerate(data.get("form", [])):
        _value(document, form.get("value", ""), ("form", index, "value"), data.get("options", {}))
    if "platform" in data and "credential" in data:
        document.report(("platform",), "a public client has no credential.", "Leave one of the two out.")


def _credential(document: Document, table: dict[str, Any]) -> None:
    lifetime, longest = table.get("lifetime", 0), table.get("longest", 0)
    if lifetime > longest:
        document.report(("credential", "lifetime"), f"{lifetime} days are more than the longest, {longest}.")


def _options(document: Document, options: dict[str, Any]) -> None:
    for name, option in options.items():
        kind = _KINDS.get(option.get("type", ""))
        default = option.get("default")
        if kind is not None and default is not None and type(default) is not kind:
            document.report(("options", name, "default"), f"is not of the type {option['type']}.")
        if name in FACTS:
            document.report(("options", name), "means something already.", "Choose another name.")


def _conditions(document: Document, data: dict[str, Any]) -> None:
    known = [*data.get("options", {}), *FACTS]
    for at, when in _whens(data):
        try:
            found = [name for name, _ in terms(when)]
        except ValueError:
            document.report(at, f'"{when}" is no condition.', 'Write "option", "not option", or several with "and".')
            continue
        for name in found:
            if name not in known:
                document.report(at, f'there is no option "{name}".', closest(name, known))


def _whens(data: Any, at: KeyPath = ()) -> Iterator[tuple[KeyPath, str]]:
    """Every `when` in the file with its place."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key == "when" and isinstance(value, str):
                yield (*at, key), value
            yield from _whens(value, (*at, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _whens(value, (*at, index))


def _permissions(document: Document, data: dict[str, Any], calls: list[str]) -> None:
    wanted, forbidden = data.get("permissions", []), data.get("forbidden", [])
    keys = [_key(needed) for needed in wanted]
    for index, needed in enumerate(wanted):
        if not needed.get("serves") and not needed.get("vendor_requires"):
            fix = "Say what it serves, or vendor_requires = its source."
            document.report(("permissions", index), "has no reason.", fix)
        for call in needed.get("serves", []):
            if call not in calls:
                fix = closest(call, calls)
                document.report(("permissions", index, "serves"), f'"{call}" is not among the calls.', fix)
        if (keys[index], needed.get("when", "")) in [(_key(other), other.get("when", "")) for other in wanted[:index]]:
            document.report(("permissions", index), "comes twice.")
    for index, needed in enumerate(forbidden):
        if _key(needed) in keys and not needed.get("when"):
            document.report(("forbidden", index), f"{needed.get('name')} is asked for above.", "Keep one of the two.")


def _key(needed: dict[str, Any]) -> tuple[str, str, str]:
    return needed.get("resource", "Microsoft Graph"), needed.get("name", ""), needed.get("type", "application")


def _value(document: Document, value: str, at: KeyPath, options: dict[str, Any]) -> None:
    known = [*VALUES, *(f"option:{name}" for name in options)]
    if value not in known and not value.startswith("="):
        document.report(at, f'"{value}" is nothing that can be filled in.', closest(value, known))
