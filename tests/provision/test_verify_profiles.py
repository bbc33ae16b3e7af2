"""verify for every built-in profile and its options: one real call a permission, and what cannot be told said so."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tenantry.profiles.load import built_in
from tests.openapi.log import check_log, report
from tests.provision import planted
from tests.provision.lab import Lab
from tests.tenant import SimulatedTenant, simulated

CREDENTIAL = """[tenant.integration.credential]
kind = "secret"
lifetime = "180d"
store = { kind = "file", path = "secrets/telia" }
"""
ALL, GROUP, ROOMS = "all", "group", "rooms"
LISTED, CALENDAR, PRESENCE, PLACES = "The app lists", "The calendar of", "The presence of", "the tenant's rooms"

CASES: list[tuple[str, str, str, tuple[str, ...]]] = [
    ("telia-calendar", "", GROUP, (LISTED, CALENDAR)),
    ("telia-calendar", "", ALL, (LISTED, CALENDAR)),
    ("telia-presence", "app_only = true", ALL, (LISTED, PRESENCE)),
    ("telia-presence", "app_only = true\npush_line_state = true", ALL, (LISTED, PRESENCE)),
    ("telia-presence", "", GROUP, (LISTED, "reads presence")),
    ("telia-presence", "push_line_state = true\nconsent_users_only = true", ALL, (PRESENCE, "reads presence")),
    ("maptician-rooms", "", ROOMS, (CALENDAR, PLACES)),
    ("xphone-calendar", "", ALL, ()),
    ("xphone-calendar", "admin_consent = false", ALL, ()),
    ("bredband2-calendar", "", GROUP, (CALENDAR,)),
    ("bredband2-calendar", "read_directory = true", GROUP, (LISTED, CALENDAR)),
    ("calendar", "", GROUP, (LISTED, CALENDAR)),
    ("calendar", "", ALL, (LISTED, CALENDAR)),
    ("presence", "", ALL, (LISTED, PRESENCE)),
    ("presence", "push_line_state = true", ALL, (LISTED, PRESENCE)),
    ("rooms", "", ROOMS, (CALENDAR, PLACES)),
    ("rooms", "book = true", ROOMS, (CALENDAR, PLACES)),
]


def rooms_of(tenant: SimulatedTenant) -> list[str]:
    """Addresses of room mailboxes."""
    return [p["emailAddress"] for p in tenant.state("places") if p["emailAddress"].startswith("room-")][:2]


def workspace(lab: Lab, profile: str, options: str, scope: str) -> Lab:
    """A workspace with that profile."""
    group = f'{{ group = "switchboard@{lab.tenant.ready["domain"]}" }}'
    scopes = {ALL: "{ all = true }", GROUP: group, ROOMS: f"{{ rooms = {json.dumps(rooms_of(lab.tenant))} }}"}
    planted.workspace(lab, group, scopes[scope])
    planted.workspace(lab, 'profile = "telia-calendar"', f'profile = "{profile}"')
    if profile == "xphone-calendar":
        planted.workspace(lab, CREDENTIAL, "")
    if options:
        planted.workspace(lab, "time_zone", f"options = {{ {options.replace(chr(10), ', ')} }}\ntime_zone")
    return lab


def narrow(lab: Lab, scope: str) -> None:
    """What the Exchange administrator does."""
    names = {GROUP: ["switchboard@" + lab.tenant.ready["domain"]], ROOMS: rooms_of(lab.tenant)}.get(scope, [])
    for name in names:
        planted.restrict(lab, name)


def links(lab: Lab, *, expect: int = 0) -> dict[str, Any]:
    """What verify says, by link."""
    return {link["link"]: link for link in lab.json("verify", expect=expect)[0]["links"]}


@pytest.mark.parametrize(("profile", "options", "scope", "says"), CASES)
def test_a_whole_chain(tmp_path: Path, profile: str, options: str, scope: str, says: tuple[str, ...]) -> None:
    with simulated(users=30, seed=31) as tenant:
        lab = workspace(Lab(tmp_path / "work", tenant), profile, options, scope)
        lab.json("apply", "--yes")
        narrow(lab, scope)
        found = links(lab)
        untold = {"state"} if profile == "xphone-calendar" else set()
        assert {name for name, link in found.items() if link["ok"] is not True} == untold, found
        for words in says:
            assert words in found["state"]["fact"]
        file = json.loads((lab.root / "integrations" / "contoso" / "telia.json").read_text(encoding="utf-8"))
        known = built_in(profile).options
        assert file["options"].keys() == known.keys()  # complete, so that whoever reads it needs no profile
        chosen = tomllib.loads(options)
        assert file["options"] == {name: chosen.get(name, option.default) for name, option in known.items()}
        problems, _ = check_log(tenant.requests(bodies=True))
        assert not problems, report(problems)


def no_consent(lab: Lab) -> None:
    own = planted.principal(lab)["id"]
    planted.only(lab, "oauth2PermissionGrants", lambda grant: grant["clientId"] != own)


def half_consent(lab: Lab) -> None:
    own = planted.principal(lab)["id"]
    (grant,) = [g for g in lab.tenant.state("oauth2PermissionGrants") if g["clientId"] == own]
    lab.tenant.seed(oauth2PermissionGrants=[{**grant, "scope": "User.Read"}])


def no_redirect(lab: Lab) -> None:
    lab.tenant.seed(applications=[{**planted.app(lab), "publicClient": {"redirectUris": []}}])


def no_presence(lab: Lab) -> None:
    planted.revoke(lab, "Presence.Read.All")


def wrong_room(lab: Lab) -> None:
    planted.workspace(lab, "{ rooms = [", '{ rooms = ["room-that-is-not@contoso.example", ')


Fault = tuple[str, str, Callable[[Lab], None], str, str, str]


@pytest.mark.parametrize(
    "fault",
    [
        (
            "xphone-calendar",
            ALL,
            no_consent,
            "granted",
            "Not consented to for everybody",
            "Cloud Application Admin",
        ),
        ("xphone-calendar", ALL, half_consent, "granted", "Calendars.ReadWrite", "tenantry provision apply"),
        ("xphone-calendar", ALL, no_redirect, "required", "AADSTS50011", "tenantry provision apply"),
        ("telia-presence", ALL, no_consent, "granted", "Presence.Read.All, User.Read", "tenantry provision apply"),
        ("presence", ALL, no_presence, "granted", "lacks Presence.Read.All", "Privileged Role Administrator"),
        ("rooms", ROOMS, wrong_room, "addresses", "room-that-is-not@contoso.example", "room's own address"),
    ],
)
def test_a_fault_of_its_own(lab: Lab, fault: Fault) -> None:
    profile, scope, plant, link, fact, fix = fault
    workspace(lab, profile, "", scope)
    lab.json("apply", "--yes")
    narrow(lab, scope)
    plant(lab)
    found = links(lab, expect=3)
    assert next(name for name, one in found.items() if one["ok"] is False) == link, found
    assert fact in found[link]["fact"]
    assert fix in found[link]["fix"]


def test_the_vendors_own_app(lab: Lab) -> None:
    vendor = "0aa00000-0000-4000-8000-00000000aaaa"
    workspace(lab, "telia-presence", f'vendor_app = "{vendor}"', ALL)
    planted.workspace(lab, CREDENTIAL, "")
    found = links(lab, expect=3)
    assert found["required"]["ok"] is False
    assert f"The vendor's app {vendor} is not in the tenant" in found["required"]["fact"]
    assert "tenantry provision consent-link contoso/telia" in found["required"]["fix"]
