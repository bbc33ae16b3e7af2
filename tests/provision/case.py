"""Loads the plan cases: each file says what differs from `_base.json`, and what the plan must hold."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from provision.desire import desire
from provision.model.actual import Actual
from provision.model.desired import Desired
from tenantry.integration import People
from tenantry.profiles.model import Profile
from tenantry.workspace.model import Integration, Tenant

FOLDER = Path(__file__).parent / "cases"
JSON = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One case, parsed: the two arguments of `plan` and what is expected."""

    desired: Desired
    actual: Actual
    expect: JSON


def names() -> list[str]:
    """Every case by file name, without the base."""
    return sorted(path.stem for path in FOLDER.glob("*.json") if not path.stem.startswith("_"))


@cache
def base() -> JSON:
    """What every case starts from."""
    data: JSON = json.loads((FOLDER / "_base.json").read_text(encoding="utf-8"))
    return data


def load(name: str) -> Case:
    """One case. `"provisioned": true` starts from a tenant that is as it should be."""
    case = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return build(case)


def build(case: JSON) -> Case:
    """A case out of what differs from the base."""
    start = base()
    actual = merged(start["actual"], start["provisioned"] if case.get("provisioned") else {})
    return Case(
        desired=desire(
            msgspec.convert(merged(start["tenant"], case.get("tenant", {})), Tenant),
            msgspec.convert(merged(start["integration"], case.get("integration", {})), Integration),
            msgspec.convert(merged(start["profile"], case.get("profile", {})), Profile),
            People(all=True),
            now=datetime.fromisoformat(case.get("now") or start["now"]),
            prune=case.get("prune", False),
        ),
        actual=msgspec.convert(merged(actual, case.get("actual", {})), Actual),
        expect=case.get("expect", {}),
    )


def merged(old: JSON, new: JSON) -> JSON:
    """`new` over `old`; objects are merged, everything else is replaced, `"-"` takes a key away."""
    result = dict(old)
    for key, value in new.items():
        if value == "-":
            result.pop(key, None)
        elif isinstance(value, dict) and isinstance(result.get(key), dict):
            result[key] = merged(result[key], value)
        else:
            result[key] = value
    return result
