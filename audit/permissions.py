"""Names of permissions, which of them includes which, and how much each one risks and who says so."""

import json
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

from audit.finding import Severity

GRAPH = "00000003-0000-0000-c000-000000000000"
EXCHANGE = "00000002-0000-0ff1-ce00-000000000000"
RESOURCES = {"Microsoft Graph": GRAPH, "Office 365 Exchange Online": EXCHANGE}  # app ids are the same in every cloud
SIGN_IN_SCOPES = frozenset(("openid", "profile", "email", "offline_access"))
DEFAULT_ACCESS = "00000000-0000-0000-0000-000000000000"  # "may use the resource", without any role

Kind = Literal["application", "delegated"]


class Name(msgspec.Struct, frozen=True, order=True):
    """A permission by its resource's app id, its type and its name. Two resources may use one name, even one id."""

    resource: str
    type: Kind
    name: str

    def __str__(self) -> str:
        where = "" if self.resource == GRAPH else f" of {title(self.resource)}"
        return f"{self.name} ({self.type}){where}"


class Rating(msgspec.Struct, frozen=True):
    """How much a permission risks, and whose opinion that is."""

    level: Severity
    by: str


def title(app_id: str) -> str:
    """The resource's name, or its app id where we know none."""
    return next((name for name, known in RESOURCES.items() if known == app_id), app_id)


def includes(wide: Name, narrow: Name) -> bool:
    """True where `wide` allows all that `narrow` allows and more, by Graph's naming (Area.Verb.Reach)."""
    if wide == narrow or (wide.resource, wide.type) != (narrow.resource, narrow.type):
        return False
    (area, verb, reach), (other, small, least) = _parts(wide.name), _parts(narrow.name)
    if area != other or verb not in _VERBS or small not in _VERBS:
        return False
    return _VERBS[verb] >= _VERBS[small] and _reach(wide, reach) >= _reach(narrow, least)


def narrower(held: Name, needed: Iterable[Name]) -> Name | None:
    """The needed permission that `held` is wider than, if there is one."""
    return next((name for name in sorted(needed) if includes(held, name)), None)


_VERBS = {"ReadBasic": 0, "Read": 1, "ReadWrite": 2}
_REACH = {"Selected": 0, "OwnedBy": 0, "": 1, "Shared": 1, "All": 2}


def _reach(name: Name, reach: str) -> int:
    """An application permission without a reach is for everybody: app `Mail.Read` reads every mailbox."""
    return 2 if not reach and name.type == "application" else _REACH.get(reach, 1)


def _parts(name: str) -> tuple[str, str, str]:
    pieces = name.split(".")
    return pieces[0], pieces[1] if len(pieces) > 1 else "", pieces[2] if len(pieces) > 2 else ""


@cache
def _table() -> dict[str, dict[str, list[str | int | None]]]:
    """Ids and Microsoft's levels of Graph's permissions (`dev_tables.permission_levels`)."""
    text = files("audit").joinpath("tables/permission_levels.json").read_text(encoding="utf-8")
    table: dict[str, dict[str, list[str | int | None]]] = json.loads(text)
    return table


@cache
def published(kind: Kind) -> dict[str, str]:
    """Id -> name of Graph's permissions, for evidence where the service principal does not list them."""
    return {str(row[kind][0]): name for name, row in _table().items() if kind in row}


def rate(name: Name) -> Rating:
    """The higher of Microsoft's rating and ours, with both named; medium where nobody rated it."""
    levels = _table().get(name.name, {}).get(name.type) if name.resource == GRAPH else None
    microsoft = levels[1] if levels else None
    own = _own()[name.type].get(name.name) if name.resource in (GRAPH, EXCHANGE) else None
    voices = []
    if isinstance(microsoft, int):
        voices.append((_MICROSOFT[microsoft], f"Microsoft {microsoft} of 5"))
    if own:
        voices.append((own, f"Tenantry {own}"))
    if name.name in SIGN_IN_SCOPES or name.name == DEFAULT_ACCESS:
        voices.append((Severity.LOW, f"Tenantry {Severity.LOW}"))
    if not voices:
        return Rating(Severity.MEDIUM, "rated by nobody, so medium")
    return Rating(max((level for level, _ in voices), key=lambda level: level.rank), ", ".join(by for _, by in voices))


_MICROSOFT = {1: Severity.LOW, 2: Severity.LOW, 3: Severity.MEDIUM, 4: Severity.HIGH, 5: Severity.CRITICAL}


@cache
def _own() -> dict[Kind, dict[str, Severity]]:
    """Tenantry's ratings (`tables/own_ratings.toml`): type -> name -> level."""
    text = files("audit").joinpath("tables/own_ratings.toml").read_text(encoding="utf-8")
    kinds: tuple[Kind, ...] = ("application", "delegated")
    raw = tomllib.loads(text)
    return {kind: {name: Severity(level) for level, names in raw[kind].items() for name in names} for kind in kinds}


def takes_over(name: Name) -> bool:
    """True for an application permission that leads to the whole tenant; no integration needs one."""
    critical = _own()["application"].get(name.name) is Severity.CRITICAL
    return name.type == "application" and name.resource in (GRAPH, EXCHANGE) and critical
