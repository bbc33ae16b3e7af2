"""Tables of Exchange, made from the reference data by `dev.py tables`."""

import json
from functools import cache
from importlib import resources
from typing import Any

JSON = dict[str, Any]


@cache
def cmdlets() -> JSON:
    """What each cmdlet accepts: name (`2007 name` for Exchange 2007) -> {products, whatIf, sets, parameters}."""
    return _read("exchange_cmdlets")


@cache
def words() -> JSON:
    """{application_roles, policy_permissions, folder_roles, calendar_names}."""
    return _read("exchange_words")


def _read(name: str) -> JSON:
    text = resources.files("simulator").joinpath(f"tables/{name}.json").read_text(encoding="utf-8")
    found: JSON = json.loads(text)
    return found
