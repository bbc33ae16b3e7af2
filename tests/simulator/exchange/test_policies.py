"""Application access policies: deny before grant, grant before default-deny, nothing is open."""

from datetime import timedelta
from typing import Any

import pytest

from simulator.exchange import PROPAGATION, allows
from simulator.population import Kind, kind_of
from simulator.tenant import Tenant
from tests.simulator.calendar.asking import APP, JSON, ask, make_tenant, refused

OTHER = "22222222-2222-4222-8222-222222222222"


@pytest.fixture
def tenant() -> Tenant:
    return make_tenant(users=60)


@pytest.fixture
def groups(tenant: Tenant) -> dict[str, JSON]:
    return {group["displayName"]: group for group in tenant.collection("groups").iterate()}


def policy(tenant: Tenant, group: str, right: str = "RestrictAccess", app: Any = APP.app_id, **more: Any) -> None:
    scope = {"ScopeIdentityRaw": f"S-1-5-21-1;{group}"}
    number = len(tenant.collection("applicationAccessPolicies"))
    value = {"id": str(number), "AppId": app, "AccessRight": right, **scope, **more}
    tenant.collection("applicationAccessPolicies").put(value, at_once=True)


def member(tenant: Tenant, place: int) -> JSON:
    """The first account whose index ends in `place`: 4 Reception, 9 Reception at night, else the switchboard itself."""
    people = tenant.population
    assert people is not None
    return people.at(next(i for i in range(len(people)) if i % 10 == place and kind_of(i) is Kind.PERSON))


def outsider(tenant: Tenant) -> JSON:
    people = tenant.population
    assert people is not None
    return people.at(next(i for i in range(len(people)) if kind_of(i) is Kind.ROOM))


def test_without_a_policy_everything_is_open(tenant: Tenant) -> None:
    assert allows(tenant, APP.app_id, outsider(tenant))


def test_a_restriction_lets_members_in_and_nested_ones_too(tenant: Tenant, groups: dict[str, JSON]) -> None:
    policy(tenant, groups["Switchboard"]["id"])
    for place in (0, 4, 9):
        assert allows(tenant, APP.app_id, member(tenant, place))
    assert not allows(tenant, APP.app_id, outsider(tenant))
    assert allows(tenant, OTHER, outsider(tenant))


def test_nesting_goes_down_only(tenant: Tenant, groups: dict[str, JSON]) -> None:
    policy(tenant, groups["Reception, natt"]["id"])
    assert allows(tenant, APP.app_id, member(tenant, 9))
    assert not allows(tenant, APP.app_id, member(tenant, 4))


def test_deny_wins(tenant: Tenant, groups: dict[str, JSON]) -> None:
    policy(tenant, groups["Switchboard"]["id"])
    policy(tenant, groups["Reception"]["id"], "DenyAccess")
    assert allows(tenant, APP.app_id, member(tenant, 0))
    assert not allows(tenant, APP.app_id, member(tenant, 4))


def test_a_denial_alone_leaves_the_rest_open(tenant: Tenant, groups: dict[str, JSON]) -> None:
    policy(tenant, groups["Reception"]["id"], "DenyAccess")
    assert allows(tenant, APP.app_id, outsider(tenant))
    assert not allows(tenant, APP.app_id, member(tenant, 9))


@pytest.mark.parametrize("app", ["*", [OTHER, APP.app_id.upper()]])
def test_apps_by_star_list_and_in_any_case(tenant: Tenant, groups: dict[str, JSON], app: Any) -> None:
    policy(tenant, groups["Switchboard"]["id"], app=app)
    assert not allows(tenant, APP.app_id, outsider(tenant))


@pytest.mark.parametrize("key", ["mail", "displayName", "id", "securityIdentifier"])
def test_a_scope_without_ids_is_found_by_name(tenant: Tenant, groups: dict[str, JSON], key: str) -> None:
    value = {"ScopeIdentityRaw": None, "ScopeIdentity": groups["Switchboard"][key].upper()}
    policy(tenant, "", **value)
    assert allows(tenant, APP.app_id, member(tenant, 0))
    assert not allows(tenant, APP.app_id, outsider(tenant))


def test_the_identity_holds_the_scope_too(tenant: Tenant, groups: dict[str, JSON]) -> None:
    identity = f"{tenant.id}\\{APP.app_id}:S-1-5-21-9;{groups['Switchboard']['id']}"
    policy(tenant, "", ScopeIdentityRaw=None, Identity=identity, ScopeName="Empty group")
    assert allows(tenant, APP.app_id, member(tenant, 4))
    assert not allows(tenant, APP.app_id, outsider(tenant))


def test_a_mailbox_itself_can_be_the_scope(tenant: Tenant) -> None:
    policy(tenant, outsider(tenant)["id"], "DenyAccess")
    assert not allows(tenant, APP.app_id, outsider(tenant))
    assert allows(tenant, APP.app_id, member(tenant, 0))


def test_a_new_policy_takes_its_time(tenant: Tenant, groups: dict[str, JSON]) -> None:
    created = f"{tenant.now():%Y-%m-%dT%H:%M:%SZ}"
    policy(tenant, groups["Switchboard"]["id"], **{"@created": created})
    clock: Any = tenant.clock
    clock.advance((PROPAGATION - timedelta(seconds=1)).total_seconds())
    assert allows(tenant, APP.app_id, outsider(tenant))
    clock.advance(1)
    assert not allows(tenant, APP.app_id, outsider(tenant))


def test_graph_says_so(tenant: Tenant, groups: dict[str, JSON]) -> None:
    policy(tenant, groups["Switchboard"]["id"])
    assert ask(tenant, f"/users/{member(tenant, 0)['id']}/calendar").status == 200
    for path in ("calendar", "events", "mailboxSettings", "calendars"):
        assert refused(tenant, f"/users/{outsider(tenant)['id']}/{path}") == (403, "ErrorAccessDenied")
