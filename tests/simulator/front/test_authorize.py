"""Permissions, ownership and directory roles, operation by operation."""

from typing import Any

import pytest

from simulator.authorize import authorize, table
from simulator.core import Call, GraphFault, Token
from simulator.directory.links import link
from simulator.routes import ROUTES
from tests import shared
from tests.simulator.client import Served
from tests.simulator.front.cast import SECRET, add_app, add_person

GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
APPLICATION_DEVELOPER = "cf1c38e5-3621-4004-a7cb-879624dced7c"
CLOUD_APPLICATION_ADMINISTRATOR = "158c047a-c907-4556-b7ef-446551a6b5f7"


def _call(served: Served, operation: str, token: Token, **params: str) -> Call:
    method, _, template = operation.partition(" ")
    return Call(
        served.tenant,
        token,
        method,
        template,
        {},
        {},
        operation=operation,
        params={k.replace("_", "-"): v for k, v in params.items()},
    )


def _app(*roles: str, object_id: str = "me") -> Token:
    return Token("app", frozenset(roles), frozenset(), object_id)


def _person(*scopes: str, wids: tuple[str, ...] = (), object_id: str = "me") -> Token:
    return Token("app", frozenset(), frozenset(scopes), object_id, frozenset(wids))


def _allowed(call: Call) -> bool:
    try:
        authorize(call)
    except GraphFault as fault:
        return fault.status != 403
    return True


@pytest.mark.shared
@pytest.mark.parametrize("operation", sorted({f"{r.method} {r.template}" for r in ROUTES}))
def test_apps_may_what_microsofts_model_says_and_nothing_else(operation: str) -> None:
    """Each alternative of the reference data opens its operation, and nothing else does."""
    entry = shared.load("graph/permission-paths.json")["operations"].get(operation, {})
    sets = (entry.get("override") or {}).get("requires", {}).get("Application")
    sets = sets or (entry.get("Application") or {}).get("requires")
    if not sets:
        assert table()[operation]  # protected as its parent, per type, or for people only
        return
    alias = shared.load("graph/permission-paths.json")["appRoleAlias"]
    assert table()[operation]["Application"] == [[alias.get(name, name) for name in needed] for needed in sets]


@pytest.mark.parametrize(
    ("operation", "roles", "allowed"),
    [
        ("GET /users", ("User.Read.All",), True),
        ("GET /users", ("User.ReadBasic.All",), True),
        ("GET /users", ("Calendars.Read",), False),
        ("GET /users/{user-id}/calendarView", ("Calendars.Read",), True),
        ("GET /users/{user-id}/calendarView", ("Calendars.ReadBasic.All",), True),
        ("GET /users/{user-id}/calendarView", ("User.Read.All",), False),
        (
            "POST /servicePrincipals/{servicePrincipal-id}/appRoleAssignments",
            ("AppRoleAssignment.ReadWrite.All",),
            False,
        ),
        (
            "POST /servicePrincipals/{servicePrincipal-id}/appRoleAssignments",
            ("AppRoleAssignment.ReadWrite.All", "Application.Read.All"),
            True,
        ),
        ("POST /servicePrincipals/{servicePrincipal-id}/appRoleAssignments", ("Application.ReadWrite.All",), False),
        ("POST /applications", (), False),
        ("GET /directory/deletedItems/microsoft.graph.application", ("Application.Read.All",), True),
        ("GET /directory/deletedItems/microsoft.graph.application", ("User.Read.All",), False),
        ("GET /directory/deletedItems/microsoft.graph.user", ("User.Read.All",), True),
    ],
)
async def test_an_app_needs_the_permission(
    served: Served, operation: str, roles: tuple[str, ...], allowed: bool
) -> None:
    assert _allowed(_call(served, operation, _app(*roles))) is allowed


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ("GET /users", "Authorization_RequestDenied"),
        ("GET /users/{user-id}/calendarView", "ErrorAccessDenied"),
        ("GET /users/{user-id}/calendars/{calendar-id}/events", "ErrorAccessDenied"),
        ("GET /places/microsoft.graph.room", "ErrorAccessDenied"),
        ("GET /identity/conditionalAccess/policies", "AccessDenied"),
        ("GET /users/{user-id}/presence", "Forbidden"),
    ],
)
async def test_each_workload_refuses_in_its_words(served: Served, operation: str, code: str) -> None:
    with pytest.raises(GraphFault) as caught:
        authorize(_call(served, operation, _app()))
    assert (caught.value.status, caught.value.code) == (403, code)


async def test_owned_by_changes_only_what_is_owned(served: Served) -> None:
    mine, other = add_app(served.tenant), add_app(served.tenant)
    token = _app("Application.ReadWrite.OwnedBy", object_id=mine.principal_id)
    for target, allowed in ((mine, True), (other, False)):
        for operation in ("PATCH /applications/{application-id}", "POST /applications/{application-id}/addPassword"):
            assert _allowed(_call(served, operation, token, application_id=target.object_id)) is allowed
        by_app_id = "PATCH /applications(appId='{appId}')"
        assert _allowed(_call(served, by_app_id, token, appId=target.app_id)) is allowed
        by_id = "PATCH /servicePrincipals/{servicePrincipal-id}"
        assert _allowed(_call(served, by_id, token, servicePrincipal_id=target.principal_id)) is allowed
        assert _allowed(_call(served, "GET /applications/{application-id}", token, application_id=target.object_id))
        principal = _call(served, "POST /servicePrincipals", token)
        principal.body = {"appId": target.app_id}
        assert _allowed(principal) is allowed
    assert _allowed(_call(served, "POST /applications", token))


async def test_an_application_developer_makes_apps_and_goes_on_with_them(served: Served) -> None:
    mine, other = add_app(served.tenant), add_app(served.tenant)
    link(served.tenant, "owners", mine.object_id, "dev")
    token = _person("Application.ReadWrite.All", wids=(APPLICATION_DEVELOPER,), object_id="dev")
    upsert, principal = "PATCH /applications(uniqueName='{uniqueName}')", "PATCH /servicePrincipals(appId='{appId}')"
    assert _allowed(_call(served, upsert, token, uniqueName="new"))
    for target, allowed in ((mine, True), (other, False)):
        served.tenant.collection("servicePrincipals").remove(target.principal_id)
        assert _allowed(_call(served, principal, token, appId=target.app_id)) is allowed
        change = _call(served, "PATCH /applications/{application-id}", token, application_id=target.object_id)
        assert _allowed(change) is allowed
    nobody = _person("Application.ReadWrite.All", object_id="dev")
    assert not _allowed(_call(served, upsert, nobody, uniqueName="new"))


async def test_what_an_app_made_is_its_own(served: Served) -> None:
    """With `*.OwnedBy` an app goes on with what it made: the directory makes it the owner."""
    app = add_app(served.tenant, roles=("Application.ReadWrite.OwnedBy",))
    token = (await served.by_secret(app.app_id, SECRET)).body["access_token"]
    made = await served.graph("POST", "/applications", token, json={"displayName": "theirs"})
    assert made.status == 201
    changed = await served.graph("PATCH", f"/applications/{made.body['id']}", token, json={"notes": "x"})
    assert changed.status == 204, changed.body
    own = {row["appId"] for row in served.tenant.collection("applications").iterate()} - {
        app.app_id,
        made.body["appId"],
    }
    foreign = served.tenant.collection("applications").first("appId", own.pop())
    assert foreign is not None
    refused = await served.graph("PATCH", f"/applications/{foreign['id']}", token, json={"notes": "x"})
    assert refused.status == 403


@pytest.mark.parametrize(
    ("operation", "scope", "wids", "allowed"),
    [
        ("POST /applications", "Application.ReadWrite.All", (), False),
        ("POST /applications", "Application.ReadWrite.All", (CLOUD_APPLICATION_ADMINISTRATOR,), True),
        ("POST /oauth2PermissionGrants", "DelegatedPermissionGrant.ReadWrite.All", (), False),
        ("POST /oauth2PermissionGrants", "DelegatedPermissionGrant.ReadWrite.All", (GLOBAL_ADMINISTRATOR,), True),
        ("GET /identity/conditionalAccess/policies", "Policy.Read.All", (), False),
        ("GET /identity/conditionalAccess/policies", "Policy.Read.All", (GLOBAL_ADMINISTRATOR,), True),
        ("GET /applications", "Application.Read.All", (), True),
        ("PATCH /users/{user-id}", "User.ReadWrite.All", (), False),
        ("GET /users", "User.Read.All", (), True),
    ],
)
async def test_a_person_needs_a_role_for_an_administrators_work(
    served: Served, operation: str, scope: str, wids: tuple[str, ...], allowed: bool
) -> None:
    assert _allowed(_call(served, operation, _person(scope, wids=wids))) is allowed


async def test_app_roles_of_graph_are_given_by_privileged_administrators_only(served: Served) -> None:
    operation = "POST /servicePrincipals/{servicePrincipal-id}/appRoleAssignments"
    scopes = ("AppRoleAssignment.ReadWrite.All", "Application.Read.All")
    app = add_app(served.tenant)
    for role, allowed in ((CLOUD_APPLICATION_ADMINISTRATOR, False), (GLOBAL_ADMINISTRATOR, True)):
        call = _call(served, operation, _person(*scopes, wids=(role,)), servicePrincipal_id=app.principal_id)
        assert _allowed(call) is allowed


async def test_an_owner_needs_no_role(served: Served) -> None:
    person, app = add_person(served.tenant), add_app(served.tenant)
    served.tenant.seed({"owners": [{"objectId": app.object_id, "ownerId": person["id"]}]})
    token = _person("Application.ReadWrite.All", object_id=person["id"])
    assert _allowed(_call(served, "PATCH /applications/{application-id}", token, application_id=app.object_id))


async def test_permissions_over_ones_own_things_end_there(served: Served) -> None:
    person, other = add_person(served.tenant), add_person(served.tenant, "stina")
    operation = "GET /users/{user-id}/calendarView"
    token = _person("Calendars.Read", object_id=person["id"])
    for name, allowed in ((person["id"], True), (person["userPrincipalName"].upper(), True), (other["id"], False)):
        assert _allowed(_call(served, operation, token, user_id=name)) is allowed
    everybody: Any = _person("User.Read.All", object_id=person["id"])
    assert _allowed(_call(served, "GET /users/{user-id}", everybody, user_id=other["id"]))
