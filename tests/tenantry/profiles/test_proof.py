"""Profiles proved against Microsoft's own table of permissions and calls, ours and a user's."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner

from tenantry import profiles
from tenantry.cli.main import cli
from tenantry.profiles.load import BUILT_IN
from tenantry.profiles.model import Call, Needed, Profile
from tenantry.profiles.proof import UNPROTECTED, Checked, prove
from tenantry.profiles.rights_table import RightsTable
from tenantry.profiles.settle import variants
from tests import shared

SCHEMES = {"application": "Application", "delegated": "DelegatedWork"}


def ways(operations: dict[str, Any], call: Call, alias: dict[str, str]) -> list[set[str]]:
    """The sets of permissions that each allow the call, straight from the reference data."""
    entry, scheme = operations[call.call], SCHEMES[call.type]
    if call.of:
        listed = entry["perSubscribedResource"][scheme]
        return [{name} for name in {key.lstrip("/"): names for key, names in listed.items()}[call.of]]
    sets = entry.get("override", {}).get("requires", {}).get(scheme) or entry[scheme]["requires"]
    names = alias if call.type == "application" else {}
    return [{names.get(name, name) for name in way} for way in sets]


@pytest.mark.shared
@pytest.mark.parametrize("name", BUILT_IN)
def test_every_call_is_allowed_and_every_permission_serves_one_or_is_the_vendors(name: str) -> None:
    reference = shared.load("graph/permission-paths.json")
    operations, alias = reference["operations"], reference["appRoleAlias"]
    profile = profiles.read(name, None)
    assert profile.declared
    for values, variant in variants(profile):
        for kind in SCHEMES:
            held = {needed.name for needed in variant.permissions if needed.type == kind}
            calls = [c for c in variant.declared if c.type == kind and c.call not in UNPROTECTED]
            for call in calls:
                assert any(way <= held for way in ways(operations, call, alias)), (values, call)
            for needed in (n for n in variant.permissions if n.type == kind):
                fewer = held - {needed.name}
                idle = all(any(way <= fewer for way in ways(operations, call, alias)) for call in calls)
                assert not idle or needed.vendor_requires, (values, needed.name)


@pytest.mark.parametrize("name", BUILT_IN)
def test_the_shipped_proof_agrees(name: str) -> None:
    profile = profiles.read(name, None)
    checked = prove(profile)
    assert checked.ok, [judged for judged in checked.judged if not judged.ok]
    assert checked.suffices
    named = {(needed.name, needed.type): needed.narrower for needed in profile.permissions if needed.narrower}
    found = {(judged.what, judged.type): judged.narrower for judged in checked.judged if judged.narrower}
    assert named == found
    assert profile.vendor is not None or not name.count("-")


def removals() -> Iterator[tuple[str, int]]:
    """Every permission of every profile, by its place."""
    for name in BUILT_IN:
        yield from ((name, index) for index in range(len(profiles.read(name, None).permissions)))


@pytest.mark.parametrize(("name", "index"), [*removals()])
def test_taking_any_permission_away_breaks_the_proof(name: str, index: int) -> None:
    profile = profiles.read(name, None)
    fewer = tuple(needed for place, needed in enumerate(profile.permissions) if place != index)
    assert not prove(msgspec.structs.replace(profile, permissions=fewer)).ok


@pytest.mark.parametrize("name", BUILT_IN)
def test_anything_more_breaks_the_proof(name: str) -> None:
    profile = profiles.read(name, None)
    for extra in (Needed(name="Mail.Read", serves=()), Needed(name="Directory.ReadWrite.All")):
        more = msgspec.structs.replace(profile, permissions=(*profile.permissions, extra))
        judged = {found.what: found.verdict for found in prove(more).judged if not found.ok}
        assert judged.get(extra.name) == "idle" or len(judged) > 0
        assert not prove(more).ok


def own(*permissions: Needed, calls: tuple[str | Call, ...]) -> Profile:
    """A profile of a user's own."""
    return Profile(name="own", title="t", about="a", display_name="d", permissions=permissions, calls=calls)


def verdicts(checked: Checked) -> list[tuple[str, str, str]]:
    """What is said of each permission or call."""
    return [(judged.what, judged.verdict, judged.narrower) for judged in checked.judged]


MINE = Call(call="GET /me/presence", type="delegated")
VIEW = "GET /users/{user-id}/calendarView"
CASES: list[tuple[Profile, bool, list[tuple[str, str, str]]]] = [
    (own(Needed(name="Calendars.ReadBasic.All"), calls=(VIEW,)), True, [("Calendars.ReadBasic.All", "needed", "")]),
    (
        own(Needed(name="Calendars.ReadWrite"), calls=(VIEW,)),
        True,
        [("Calendars.ReadWrite", "more", "Calendars.ReadBasic.All")],
    ),
    (
        own(Needed(name="Directory.ReadWrite.All"), calls=("GET /users",)),
        True,
        [("Directory.ReadWrite.All", "more", "User.ReadBasic.All")],
    ),
    (own(Needed(name="User.ReadBasic.All"), calls=("GET /users/delta",)), False, [
        ("GET /users/delta", "missing", ""), ("User.ReadBasic.All", "idle", "")]),
    (own(Needed(name="Calendars.ReadBasic.All"), calls=("GET /users/{id}/calendarview2",)), False, [
        ("GET /users/{id}/calendarview2", "unknown", ""), ("Calendars.ReadBasic.All", "idle", "")]),
    (
        own(Needed(name="Presence.Read.All", type="delegated"), calls=(MINE,)),
        True,
        [("Presence.Read.All", "more", "Presence.Read")],
    ),
    (
        own(
            Needed(name="Presence.Read.All"),
            Needed(name="Presence.ReadWrite.All"),
            calls=("POST /users/{user-id}/presence/setPresence", "POST /communications/getPresencesByUserId"),
        ),
        True,
        [("Presence.Read.All", "idle", ""), ("Presence.ReadWrite.All", "needed", "")],
    ),
    (
        own(
            Needed(name="AppRoleAssignment.ReadWrite.All"),
            calls=("POST /servicePrincipals/{servicePrincipal-id}/appRoleAssignments",),
        ),
        False,  # it needs Application.Read.All too
        [
            ("POST /servicePrincipals/{servicePrincipal-id}/appRoleAssignments", "missing", ""),
            ("AppRoleAssignment.ReadWrite.All", "idle", ""),
        ],
    ),
    (own(Needed(name="Calendars.Read"), calls=(Call(call=VIEW, type="delegated"),)), False, [
        ("Calendars.Read", "idle", ""), (VIEW, "missing", "")]),
]  # fmt: skip


@pytest.mark.parametrize(("profile", "suffices", "expected"), CASES)
def test_profiles_of_ones_own(profile: Profile, suffices: bool, expected: list[tuple[str, str, str]]) -> None:
    checked = prove(profile)
    assert verdicts(checked) == expected
    assert checked.suffices is suffices
    assert checked.ok is all(verdict == "needed" for _, verdict, _ in expected)


def test_what_a_permission_says_it_serves_must_be_so() -> None:
    wrong = Needed(name="User.ReadBasic.All", serves=("GET /users", VIEW))
    view = Needed(name="Calendars.ReadBasic.All", serves=(VIEW,))
    checked = prove(own(wrong, view, calls=("GET /users", VIEW)))
    assert [judged.what for judged in checked.judged if not judged.ok] == ["User.ReadBasic.All"]


def test_a_vendors_wish_needs_its_narrower_way_named() -> None:
    asked = Needed(name="Calendars.ReadWrite", vendor_requires="a document")
    (judged,) = prove(own(asked, calls=(VIEW,))).judged
    assert (judged.verdict, judged.narrower) == ("more", "Calendars.ReadBasic.All")
    named = msgspec.structs.replace(asked, narrower="Calendars.ReadBasic.All")
    (judged,) = prove(own(named, calls=(VIEW,))).judged
    assert judged.verdict == "vendor"
    assert "a document" in judged.fact


def test_least_is_said_without_the_wider_ones() -> None:
    table = RightsTable.shipped()
    assert table.least(Call(call="GET /users")) == ["User.ReadBasic.All"]
    assert table.least(Call(call="GET /users/{x}/calendarView")) == ["Calendars.ReadBasic.All"]
    assert table.least(Call(call="GET /me/calendarView", type="delegated")) == ["Calendars.ReadBasic"]
    assert not table.narrower("User.ReadBasic.All", "User.Read", "delegated")


def test_check_as_a_command(tmp_path: Path) -> None:
    run = CliRunner()
    done = run.invoke(cli, ["profiles", "check", "-w", str(tmp_path), "-o", "json"])
    assert done.exit_code == 0, done.output
    assert [one["profile"] for one in json.loads(done.stdout)] == list(BUILT_IN)
    text = (Path(profiles.__file__).parent / "calendar.toml").read_text(encoding="utf-8")
    file = tmp_path / "mine.toml"
    file.write_text(
        text.replace('name = "calendar"', 'name = "mine"').replace("ReadBasic.All", "ReadWrite.All"), "utf-8"
    )
    done = run.invoke(cli, ["profiles", "check", str(file), "-w", str(tmp_path), "-o", "json"], catch_exceptions=True)
    assert done.exit_code != 0
    (found,) = json.loads(done.stdout)
    assert not found["ok"]
    assert {"User.ReadBasic.All"} <= {judged.get("narrower") for judged in found["judged"]}


def test_of_two_that_do_the_same_the_wider_one_is_idle() -> None:
    both = (
        Needed(name="User.Read.All", serves=("GET /users",)),
        Needed(name="User.ReadBasic.All", serves=("GET /users",)),
    )
    for permissions in (both, both[::-1]):
        checked = prove(own(*permissions, calls=("GET /users",)))
        said = {judged.what: judged.verdict for judged in checked.judged}
        assert said == {"User.ReadBasic.All": "needed", "User.Read.All": "idle"}
        assert "beside User.ReadBasic.All" in next(j.fact for j in checked.judged if j.verdict == "idle")


def test_permissions_of_other_apis_are_told_of() -> None:
    basic = Needed(name="User.ReadBasic.All", serves=("GET /users",))
    other: dict[str, Any] = {"name": "full_access_as_app", "resource": "Office 365 Exchange Online"}
    asked = prove(own(basic, Needed(**other, vendor_requires="The manual"), calls=("GET /users",)))
    assert asked.ok
    assert "whose calls no table speaks of" in next(j.fact for j in asked.judged if j.what == "full_access_as_app")
    bare = prove(own(basic, Needed(**other, serves=("GET /users",)), calls=("GET /users",)))
    assert not bare.ok
    assert bare.suffices
