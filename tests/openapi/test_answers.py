"""Every answer of the simulator to a reading request is as Microsoft describes it and readable by Microsoft's SDK."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest

from simulator.routes import ROUTES
from simulator.serve import Options, make_world
from simulator.world import World
from tests.openapi.check import check_reply
from tests.openapi.examples import Prepared
from tests.openapi.log import excepted
from tests.openapi.replay import ask, decoded
from tests.openapi.sdk import leftovers
from tests.openapi.spec import operations

pytestmark = [pytest.mark.shared, pytest.mark.slow]
JSON = dict[str, Any]
READS = sorted({route.template for route in ROUTES if route.method == "GET"})
WINDOW = "startDateTime=2026-11-20T00:00:00Z&endDateTime=2026-12-02T00:00:00Z"
_ELSEWHERE = {"{directoryObject-id}": "/users", "{place-id}": "/places/microsoft.graph.room"}


@cache
def world() -> World:
    """A tenant with every kind of account and event, two apps with grants, and what they refer to."""
    made = make_world(Options(users=60, seed=11, start=datetime(2026, 11, 20, tzinfo=UTC)))
    tenant = made.tenants[0]
    graph = tenant.collection("servicePrincipals").first("appId", "00000003-0000-0000-c000-000000000000")
    assert graph is not None
    app = {"id": "aaaaaaaa-0000-4000-8000-000000000001", "appId": "aaaaaaaa-0000-4000-8000-000000000002"}
    principal = {"id": "aaaaaaaa-0000-4000-8000-000000000003", "appId": app["appId"], "displayName": "Example"}
    person = next(tenant.collection("users").iterate())["id"]
    role = {"principalId": principal["id"], "resourceId": graph["id"], "appRoleId": graph["appRoles"][0]["id"]}
    scope = {"clientId": principal["id"], "resourceId": graph["id"], "scope": "User.Read"}
    tenant.seed(
        {
            "applications": [{**app, "displayName": "Example", "passwordCredentials": [{"displayName": "one"}]}],
            "servicePrincipals": [principal],
            "appRoleAssignments": [
                role,
                {**role, "principalId": person, "appRoleId": "0" * 8 + "-0000-0000-0000-" + "0" * 12},
            ],
            "oauth2PermissionGrants": [scope, {**scope, "consentType": "Principal", "principalId": person}],
            "owners": [{"objectId": one["id"], "ownerId": person} for one in (app, principal)],
        }
    )
    return made


@cache
def get(url: str) -> tuple[int, Any]:
    """(status, body) of a GET."""
    tenant = world().tenants[0]
    me = next(tenant.collection("users").iterate())
    headers = {"consistencylevel": "eventual"} if "$count" in url else {}
    answer = ask(world(), Prepared("GET", f"/v1.0{url}", headers, None), me)
    return answer.reply.status, decoded(answer)


def urls(template: str, most: int = 3) -> Iterator[str]:
    """Requests of a template, with ids that the lists on the way tell."""
    filled = [""]
    for segment in template.strip("/").split("/"):
        if segment.startswith("{"):
            filled = [f"{one}/{name}" for one in filled for name in ids(_ELSEWHERE.get(segment, one), most)]
        elif "{" in segment:
            collection, key = re.findall(r"^(\w+)\((\w+)=", segment)[0]
            values = [row[key] for row in rows(f"/{collection}")[:most] if row.get(key)]
            filled = [f"{one}/{collection}({key}='{value}')" for one in filled for value in values]
        else:
            filled = [f"{one}/{segment}" for one in filled]
    for one in filled:
        yield f"{one}?{WINDOW}" if template.endswith(("calendarView", "instances")) else one


def rows(url: str) -> list[JSON]:
    """The rows of a list; none where it is no list."""
    _, body = get(url)
    found = body.get("value") if isinstance(body, dict) else None
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def ids(url: str, most: int) -> list[str]:
    return [str(row["id"]) for row in rows(url) if "id" in row][:most]


@pytest.mark.parametrize("template", READS)
def test_answers_are_as_described(template: str) -> None:
    operation = f"GET {template}"
    for url in urls(template):
        status, body = get(url)
        problems = [*check(operation, status, body)]
        assert not problems, f"{url} ({status}): {problems[:5]}"


def check(operation: str, status: int, body: Any) -> Iterator[str]:
    """Problems that stand on no list."""
    if operation not in operations():
        return
    problems = [("reply", text) for text in check_reply(operation, status, body)]
    if isinstance(body, dict):
        problems += [("sdk", text) for text in leftovers(operation, status, body)]
    yield from (text for half, text in problems if not excepted(operation, half, text))


def test_the_crawl_reaches_nearly_everything() -> None:
    reached = {template for template in READS if any(get(url)[0] == 200 for url in urls(template, 1))}
    assert len(reached) > 0.75 * len(READS), sorted(set(READS) - reached)


def test_every_person_and_every_event_is_as_described() -> None:
    operation = "GET /users/{user-id}/events"
    seen = 0
    for account in world().tenants[0].collection("users").iterate():
        status, body = get(f"/users/{account['id']}?$select={','.join(sorted(set(account) - {'passwordProfile'}))}")
        assert status == 200, body
        assert list(check("GET /users/{user-id}", status, body)) == []
        for path in ("events?$top=100", f"calendarView?{WINDOW}&$top=100"):
            status, body = get(f"/users/{account['id']}/{path}")
            assert list(check(operation, status, body)) == []
            seen += len(body.get("value", ()))
    assert seen > 800
