"""The rules table: what it leaves out comes from the profile, and what contradicts itself is reported."""

from typing import Any

import msgspec

from tenantry.integration import OutlookState, Rules
from tenantry.toml import Document, closest
from tenantry.toml.positions import Path as KeyPath


def resolve_rules(document: Document, table: dict[str, Any], at: KeyPath, default: Rules) -> Rules:
    """The rules in full. Reports states both shown and skipped, repeated entries, and an incomplete priority."""
    given: dict[str, Any] = {name: value for name, value in table.items() if name not in ("state", "prefix")}
    for name in ("title", "location", "skip", "priority"):
        if name in given:
            _repeated(document, given[name], (*at, name))
            given[name] = tuple(given[name])
    for name in ("state", "prefix"):
        given[name] = {**getattr(default, name), **table.get(name, {})}
    rules = msgspec.structs.replace(default, **given)
    for name in ("title", "location"):
        for index, state in enumerate(table.get(name, ())):
            if state in rules.skip:
                document.report((*at, name, index), f'"{state}" is under skip too, so nothing of it is shown.')
    _ranked(document, rules, at)
    return rules


def _ranked(document: Document, rules: Rules, at: KeyPath) -> None:
    """Every availability that can occur has a place in `priority`."""
    free: OutlookState = "free"
    occurring = [rules.state.get(state) for state in rules.state if state not in rules.skip or state == free]
    occurring += rules.prefix.values()
    for state in dict.fromkeys(occurring):
        if state is not None and state not in rules.priority:
            unused = [name for name in rules.priority if name not in occurring]
            near = closest(state, unused)
            hint = f"{near} " if near.startswith("Did") else ""
            document.report((*at, "priority"), f'does not rank "{state}".', f"{hint}Add it where it belongs.")


def _repeated(document: Document, values: list[str], at: KeyPath) -> None:
    for index, value in enumerate(values):
        if value in values[:index]:
            document.report((*at, index), f'"{value}" comes twice.')
