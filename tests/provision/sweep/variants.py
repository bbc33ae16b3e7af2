"""What there is to sweep: profiles, their options, scopes of mailboxes, ways to narrow, kinds of credential."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from tests.tenant import ROOT

PROFILES = (
    "telia-calendar",
    "telia-presence",
    "maptician-rooms",
    "xphone-calendar",
    "bredband2-calendar",
    "calendar",
    "presence",
    "rooms",
)
OWN = "own-desk"
MFA, BLOCK = "Require MFA", "Known devices only"
UNIT = "Reception"
EXISTING = "monitor@{domain}"
VENDOR_APP = "7e1ec0de-0000-4000-8000-0000000000aa"
EXAMPLES: Mapping[str, tuple[Any, ...]] = {
    "service_user": ("monitor@{domain}",),
    "integration_users": (3,),
    "existing_users": ([EXISTING],),
    "exclusion_group": ("No second factor",),
    "exclude_from": ([MFA], [MFA, BLOCK]),
    "vendor_app": (VENDOR_APP,),
    "vendor_redirect": ("https://switchboard.example/consented",),
    "reset_passwords": (True,),
}
"""Values for options that are more than a switch; `{domain}` is the tenant's."""
WITH: Mapping[str, Mapping[str, Any]] = {
    "reset_passwords": {"existing_users": [EXISTING]},
    "vendor_redirect": {"vendor_app": VENDOR_APP},
}
"""What an option is tried together with, since it says nothing alone."""
SCOPES = {
    "all": "{ all = true }",
    "group": '{ group = "switchboard@{domain}" }',
    "rooms": '{ rooms = ["room1@{domain}", "room2@{domain}"] }',
    "administrative_unit": f'{{ administrative_unit = "{UNIT}" }}',
}


@dataclass(frozen=True)
class Variant:
    """One way to ask for an integration."""

    profile: str
    options: Mapping[str, Any] = field(default_factory=dict)
    scope: str = "all"
    scoping: str = ""
    kind: str = ""

    @property
    def name(self) -> str:
        """Short, for tables and test ids."""
        options = [
            f"{key}={'-'.join(value) if isinstance(value, list) else value}" for key, value in self.options.items()
        ]
        return " ".join([self.profile, *(part for part in (self.scope, self.scoping, self.kind) if part), *options])


@cache
def profile(name: str) -> dict[str, Any]:
    """A profile's file as data; the own one of the sweep lies beside this module."""
    folder = Path(__file__).parent if name == OWN else ROOT / "tenantry" / "profiles"
    return tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))


def holds(when: str, values: Mapping[str, Any]) -> bool:
    """Whether `a and not b` is so; written here anew, so that the product's own reading of it is tested."""
    for term in filter(None, when.split(" and ")):
        wanted = not term.startswith("not ")
        if bool(values.get(term.removeprefix("not ").strip())) is not wanted:
            return False
    return True


def values(variant: Variant) -> dict[str, Any]:
    """All options with their values, and the fact that conditions may speak of."""
    defaults = {name: option["default"] for name, option in profile(variant.profile).get("options", {}).items()}
    return {**defaults, **variant.options, "all_mailboxes": variant.scope == "all"}


def of(name: str) -> list[Variant]:
    """Every variant of one profile: its switches in every sensible combination, all else one after the other."""
    data = profile(name)
    first = Variant(name, scope=data.get("mailboxes", ["all"])[0], kind=_kinds(data)[0])
    found = [*_switched(first, data), *_valued(first, data), *_scoped(first, data)]
    found += [replace(first, kind=kind) for kind in _kinds(data)[1:]]
    return list({variant.name: _fitting(variant, data) for variant in found}.values())


def every() -> list[Variant]:
    """All variants of all profiles."""
    return [variant for name in (*PROFILES, OWN) for variant in of(name)]


def plain() -> list[Variant]:
    """One variant a profile, with what is worth killing and failing: users, exclusions and a narrow scope among it."""
    options: Mapping[str, Mapping[str, Any]] = {"telia-presence": {"integration_users": 2, "exclude_from": [MFA]}}
    return [replace(of(name)[0], options=options.get(name, {})) for name in (*PROFILES, OWN)]


def _kinds(data: Mapping[str, Any]) -> list[str]:
    kinds: list[str] = data.get("credential", {}).get("kinds", [""])
    return kinds


def _switched(first: Variant, data: Mapping[str, Any]) -> Iterator[Variant]:
    switches = [key for key, o in data.get("options", {}).items() if o["type"] == "boolean" and key not in EXAMPLES]
    for chosen in product((False, True), repeat=len(switches)):
        given = {
            key: value
            for key, value in zip(switches, chosen, strict=True)
            if value is not data["options"][key]["default"]
        }
        if _sensible(given, data):
            yield replace(first, options=given)


def _valued(first: Variant, data: Mapping[str, Any]) -> Iterator[Variant]:
    """Each option that takes a value, beside each combination of switches that lets it have an effect."""
    for key, option in data.get("options", {}).items():
        if option["type"] == "boolean" and key not in EXAMPLES:
            continue
        for base in _switched(first, data):
            for value in EXAMPLES[key]:
                given = {**base.options, **WITH.get(key, {}), key: value}
                if _sensible(given, data):
                    yield replace(first, options=given)


def _scoped(first: Variant, data: Mapping[str, Any]) -> Iterator[Variant]:
    """Each scope the profile takes, with each way to narrow that suits it."""
    for scope in data.get("mailboxes", list(SCOPES)):
        ways = [way for way in data.get("scoping", []) if scope != "all"]
        for way in ["", *ways]:
            if (scope, way) != ("administrative_unit", "access-policy"):
                yield replace(first, scope=scope, scoping=way)


def _sensible(given: Mapping[str, Any], data: Mapping[str, Any]) -> bool:
    """False where an option has no effect beside the others, which the workspace refuses."""
    options = data.get("options", {})
    every = {key: option["default"] for key, option in options.items()} | dict(given)
    return all(holds(options[key].get("when", ""), every) for key in given)


def _fitting(variant: Variant, data: Mapping[str, Any]) -> Variant:
    """Without a credential where the profile has none under these options."""
    credential = data.get("credential")
    if credential is None or not holds(credential.get("when", ""), values(variant)):
        return replace(variant, kind="")
    return variant
