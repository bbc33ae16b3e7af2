"""Each link of the chain, judged from made-up evidence."""

from datetime import datetime
from typing import Any

import msgspec
import pytest

from provision.exchange import Evidence, Export
from provision.model.actual import Stored
from provision.verify import LINKS, Chain, Link, Seen, judge
from provision.verify.link import Scope, Tried, Users
from tenantry.errors import GraphError, SignInError
from tenantry.integration import People, Person
from tests.provision import case as cases

ROLES = ["Calendars.Read", "User.Read.All"]


def seen(case: dict[str, Any] | None = None, **more: Any) -> Seen:
    """Everything in order, but for what is given."""
    built = cases.build({"provisioned": True, **(case or {})})
    given: dict[str, Any] = {
        "file": built.actual.emitted,
        "actual": built.actual,
        "stored": Stored(kind="secret", id="key-1", expires="2027-03-30T08:00:00Z"),
        "claims": {"roles": ROLES},
        "users": Users(total=10, addresses=8),
        "scope": Scope(id="group-id"),
        "inside": [Tried("anna@contoso.com")],
        "outside": [Tried("room@contoso.com", denied())],
        **more,
    }
    return Seen(desired=built.desired, now=datetime.fromisoformat("2026-11-21T08:00:00Z"), **given)


def denied(status: int = 403, code: str = "ErrorAccessDenied") -> GraphError:
    return GraphError(status=status, code=code, message="Access to OData is disabled.", method="GET", path="/x")


def link(name: str, evidence: Seen) -> Link:
    return next(found for found in judge(evidence).links if found.link == name)


def export(group: str, right: str = "RestrictAccess", app: str = "APP-ID") -> Evidence:
    policy = {"AppId": app, "AccessRight": right, "ScopeIdentityRaw": f"S-1-5;{group}"}
    return exported(policy)


def exported(*policies: dict[str, Any]) -> Evidence:
    export = Export(items=policies, collected="2026-11-20T00:00:00Z")
    return Evidence(exports={"Get-ApplicationAccessPolicy": export})


def test_a_whole_chain() -> None:
    chain = judge(seen())
    assert [found.link for found in chain.links] == [
        "required", "granted", "scoped", "credential", "addresses", "state",
    ]  # fmt: skip
    assert all(found.ok for found in chain.links)
    assert chain.broken is None
    assert len(LINKS) == 6


def broken(chain: Chain) -> str | None:
    return chain.broken.link if chain.broken else None


@pytest.mark.parametrize(
    ("case", "ok", "says"),
    [
        ({"actual": {"application": {"declared": []}}}, False, "lacks Calendars.Read (application), User.Read.All"),
        ({"actual": {"application": None}}, False, "There is no app tenantry-telia."),
        ({"actual": {"application": {"app_id": "other"}}}, False, "names app app-id, the tenant has other"),
        (
            {"actual": {"application": {"declared": [
                {"resource_app_id": "00000003-0000-0000-c000-000000000000", "id": i, "type": t}
                for i, t in (("role-calendars", "Role"), ("role-users", "Role"), ("scope-user", "Scope"))
            ]}}}, False, "has User.Read (delegated), which is forbidden",
        ),
    ],
)  # fmt: skip
def test_required(case: dict[str, Any], ok: bool, says: str) -> None:
    found = link("required", seen(case))
    assert found.ok is ok
    assert says in found.fact
    assert "tenantry provision apply contoso/telia" in found.fix


def test_required_without_operator_or_file() -> None:
    found = link("required", seen(actual=None, no_actual="no sign-in."))
    assert (found.ok, found.fact) == (None, "The app could not be looked at: no sign-in.")
    assert link("required", seen(file=None)).ok is False


@pytest.mark.parametrize(
    ("more", "ok", "says"),
    [
        ({"claims": {"roles": ["User.Read.All"]}}, False, "tokens learn of it late"),
        ({"claims": {"roles": []}, "actual": None}, False, "lacks Calendars.Read, User.Read.All"),
        ({"claims": None}, True, "no token could be had to prove it"),
        ({"claims": None, "actual": None}, None, "Neither a token nor the directory"),
    ],
)
def test_granted(more: dict[str, Any], ok: bool | None, says: str) -> None:
    found = link("granted", seen(**more))
    assert found.ok is ok
    assert says in found.fact


def test_a_missing_grant_is_told_with_and_without_a_token() -> None:
    gone: dict[str, Any] = {"actual": {"grants": []}}
    with_token = link("granted", seen(gone, claims={"roles": ["User.Read.All"]}))
    assert (with_token.ok, with_token.fact) == (False, "A fresh token lacks Calendars.Read.")
    assert "Privileged Role Administrator" in with_token.fix
    without = link("granted", seen(gone, claims=None))
    assert (without.ok, without.fact) == (False, "Not granted: Calendars.Read, User.Read.All.")


@pytest.mark.parametrize(
    ("more", "ok", "says"),
    [
        ({}, True, "reads anna@contoso.com inside group switchboard@contoso.com and is kept out of room@contoso.com"),
        ({"outside": [Tried("ceo@contoso.com")]}, False, "reads ceo@contoso.com, which is outside"),
        ({"outside": [Tried("ceo@contoso.com")], "evidence": export("group-id")}, False, "has the right scope"),
        ({"inside": [Tried("anna@contoso.com", denied())]}, False, "kept out of anna@contoso.com, which is inside"),
        ({"outside": [], "evidence": export("GROUP-ID")}, True, "narrows the app to group switchboard@contoso.com"),
        ({"outside": [], "evidence": export("elsewhere")}, False, "shows nothing that narrows"),
        ({"outside": [], "evidence": export("group-id", "DenyAccess")}, False, "shows nothing that narrows"),
        ({"outside": [], "evidence": export("group-id", app="another")}, False, "shows nothing that narrows"),
        ({"outside": [], "evidence": exported()}, False, "shows nothing that narrows"),
        ({"outside": []}, None, "no mailbox outside the scope is known"),
        ({"outside": [Tried("x", denied(404, "MailboxNotEnabledForRESTAPI"))]}, None, "no mailbox told anything"),
        ({"outside": [], "claims": None}, None, "no token"),
        ({"outside": [], "scope": Scope(why="it may not be read.")}, None, "it may not be read."),
        ({"scope": Scope(missing=True)}, False, "The tenant has no group switchboard@contoso.com."),
    ],
)
def test_scoped(more: dict[str, Any], ok: bool | None, says: str) -> None:
    found = link("scoped", seen(**more))
    assert says in found.fact
    assert found.ok is ok
    assert found.ok or found.fix


def test_a_scope_of_everything_needs_no_proof() -> None:
    everything = {"integration": {"mailboxes": {"group": "-", "all": True}}}
    assert link("scoped", seen(everything, inside=[], outside=[])).ok is True


def test_a_denial_without_the_permission_is_not_the_scopes_fault() -> None:
    chain = judge(seen({"actual": {"grants": []}}, claims={"roles": []}, inside=[Tried("a@b.c", denied())]))
    assert broken(chain) == "granted"
    assert next(found for found in chain.links if found.link == "scoped").ok is None


def refused(code: str = "AADSTS7000215") -> SignInError:
    return SignInError(f"Sign-in failed with {code}: no.", code=code, fix="Enter the value.")


@pytest.mark.parametrize(
    ("case", "more", "ok", "says"),
    [
        ({}, {}, True, "it ends on 2027-03-30, in 129 days"),
        ({}, {"stored": None}, False, "The file secrets/telia holds no credential."),
        ({}, {"stored": None, "no_store": "It cannot be read."}, False, "It cannot be read."),
        ({}, {"claims": None, "no_token": refused()}, False, "AADSTS7000215"),
        (
            {"actual": {"application": {"credentials": []}}},
            {"claims": None, "no_token": refused()},
            False,
            "is not on the app any more",
        ),
    ],
)
def test_credential(case: dict[str, Any], more: dict[str, Any], ok: bool, says: str) -> None:
    found = link("credential", seen(case, **more))
    assert found.ok is ok
    assert says in found.fact


def test_a_credential_that_ends_soon_names_the_way() -> None:
    soon = Stored(kind="secret", id="key-1", expires="2026-12-01T08:00:00Z")
    found = link("credential", seen(stored=soon))
    assert (found.ok, found.fix) == (True, "Run `tenantry provision rotate contoso/telia` before it ends.")


LISTED = People(
    listed=(
        Person(address="Anna@contoso.com", key="1"),
        Person(address="bo@contoso.com", key="2"),
        Person(address="bo.second@contoso.com", key="2"),
    )
)


@pytest.mark.parametrize(
    ("met", "ok", "says"),
    [
        ({"anna@contoso.com": 1, "bo@contoso.com": 1}, True, "All 2 people match."),
        ({"anna@contoso.com": 1}, False, "1 of 2 people match; no active user has bo@contoso.com, bo.second@contoso"),
    ],
)
def test_addresses_of_listed_people(met: dict[str, int], ok: bool, says: str) -> None:
    evidence = seen(users=Users(total=10, addresses=8, met=met))
    evidence.desired = msgspec.structs.replace(evidence.desired, people=LISTED)
    found = link("addresses", evidence)
    assert found.ok is ok
    assert says in found.fact


@pytest.mark.parametrize(
    ("more", "ok", "says"),
    [
        ({}, True, "8 active users have an address."),
        ({"users": Users(total=5, addresses=0)}, False, "0 active users"),
        ({"users": Users()}, None, "no users at all, which is not believed"),
        ({"users": None, "no_users": denied()}, None, "Users could not be read"),
        ({"users": None, "claims": None}, None, "neither the app nor the operator"),
    ],
)
def test_addresses(more: dict[str, Any], ok: bool | None, says: str) -> None:
    found = link("addresses", seen(**more))
    assert found.ok is ok
    assert says in found.fact


@pytest.mark.parametrize(
    ("more", "ok", "says"),
    [
        ({}, True, "The calendar of anna@contoso.com could be read."),
        ({"inside": [Tried("x", denied(404)), Tried("bo@contoso.com")]}, True, "bo@contoso.com"),
        ({"inside": [Tried("bo@contoso.com", denied())]}, False, "Exchange denies the app the calendar of bo@"),
        ({"inside": [Tried("bo@contoso.com", denied(400, "x"))]}, False, "could not be read"),
        ({"inside": [Tried("bo@contoso.com", denied(503, "x"))]}, None, "could not be read"),
        ({"inside": [Tried("bo@contoso.com", denied(0, "x"))]}, None, "could not be read"),
        ({"inside": []}, None, "no mailbox to try is known"),
        ({"inside": [], "claims": None}, None, "no token"),
    ],
)
def test_state(more: dict[str, Any], ok: bool | None, says: str) -> None:
    found = link("state", seen(**more))
    assert found.ok is ok
    assert says in found.fact
