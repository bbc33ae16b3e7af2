"""Faults: that rules hit whom they name, and that each kind is what it says."""

import asyncio
import time
from collections import Counter

import aiohttp
import pytest

from simulator.faults import BY_RATE, KINDS, Fault, Faults, parse
from tests.simulator.client import Got, Served, serving
from tests.simulator.front.cast import SECRET, add_app


def _decided(order: dict[str, object], count: int, path: str = "/v1.0/users") -> list[str | None]:
    faults = Faults()
    faults.add(parse(order))
    found = [faults.decide("GET", path, lambda _: True) for _ in range(count)]
    return [None if fault is None else fault.kind for fault in found]


def test_a_rate_is_kept_and_a_seed_repeats() -> None:
    order: dict[str, object] = {"rate": 0.3, "seed": 5}
    kinds = _decided(order, 2_000)
    assert 540 <= 2_000 - kinds.count(None) <= 660
    assert set(kinds) - {None} == set(BY_RATE)
    assert kinds == _decided(order, 2_000)
    assert kinds != _decided({"rate": 0.3, "seed": 6}, 2_000)


def test_a_number_hits_that_request_alone() -> None:
    assert _decided({"nth": 3, "kinds": ["hang"]}, 6) == [None, None, "hang", None, None, None]


def test_a_limit_ends_a_rule() -> None:
    assert _decided({"kinds": ["500"], "limit": 2}, 5) == ["500", "500", None, None, None]


@pytest.mark.parametrize(
    ("pattern", "path", "hit"),
    [
        ("GET /users$", "/v1.0/users", True),
        ("GET /v1.0/users$", "/v1.0/users", True),
        ("POST", "/v1.0/users", False),
        (r"uniqueName='a b'", "/v1.0/applications(uniqueName=%27a%20b%27)", True),
        ("oauth2/v2.0/token", "/8f0c/oauth2/v2.0/token", True),
    ],
)
def test_a_pattern_names_method_and_path(pattern: str, path: str, hit: bool) -> None:
    assert (_decided({"match": pattern, "kinds": ["500"]}, 1, path) == ["500"]) is hit


def test_several_rules_add_up_and_numbers_go_first() -> None:
    faults = Faults()
    faults.add(parse({"kinds": ["500"], "rate": 1}))
    faults.add(parse({"kinds": ["cut"], "nth": 2}))
    found = [faults.decide("GET", "/v1.0/users", lambda _: True) for _ in range(3)]
    assert [fault.kind for fault in found if fault] == ["500", "cut", "500"]


def test_what_makes_no_sense_for_a_request_is_not_made() -> None:
    faults = Faults()
    faults.add(parse({"kinds": ["lag-miss", "500"], "rate": 1}))
    kinds = {(faults.decide("GET", "/x", lambda kind: kind != "lag-miss") or Fault("none")).kind for _ in range(50)}
    assert kinds == {"500"}


@pytest.mark.parametrize(
    ("order", "word"),
    [
        ({"kinds": ["418"]}, "unknown kind"),
        ({"rat": 0.3}, "unknown field"),
        ({"rate": 2}, "rate"),
        ({"rate": True}, "rate"),
        ({"nth": 0}, "nth"),
        ({"limit": "x"}, "limit"),
        ({"match": "("}, "regular expression"),
        ({"silence": -1}, "silence"),
    ],
)
def test_a_wrong_order_is_told_in_a_sentence(order: dict[str, object], word: str) -> None:
    with pytest.raises(ValueError, match=word):
        parse(order)


async def _order(served: Served, **order: object) -> None:
    assert (await served.door("POST", "/faults", order)).status == 200


async def _last(served: Served) -> dict[str, object]:
    import json

    lines = (await served.door("GET", "/requests")).body.splitlines()
    found: dict[str, object] = json.loads(lines[-1])
    return found


@pytest.mark.parametrize("kind", ["429", "429-no-retry-after", "500", "503", "504"])
async def test_a_status_fault_is_an_answer_of_graph(served: Served, kind: str) -> None:
    token = await served.operator()
    await _order(served, kinds=[kind], match="GET /organization", limit=1)
    got = await served.graph("GET", "/organization", token)
    assert got.status == int(kind[:3])
    assert got.body["error"]["innerError"]["request-id"] == got.headers["request-id"]
    assert ("Retry-After" in got.headers) is (kind == "429") or kind == "503"
    assert (await _last(served))["fault"] == kind
    assert (await served.graph("GET", "/organization", token)).status == 200


async def test_throttling_is_worded_by_each_workload(served: Served) -> None:
    token = await served.operator()
    await _order(served, kinds=["429"], match="GET /")
    directory = await served.graph("GET", "/users", token)
    mailbox = await served.graph("GET", "/users/a/calendarView", token)
    policies = await served.graph("GET", "/identity/conditionalAccess/policies", token)
    assert [got.error for got in (directory, mailbox, policies)] == [
        "TooManyRequests",
        "ApplicationThrottled",
        "TooManyRequests",
    ]
    assert directory.headers["x-ms-throttle-scope"].endswith(f"/{served.tenant.id}")
    assert "Retry-After" not in policies.headers  # documented: Conditional Access never says when


@pytest.mark.parametrize("kind", ["429", "500", "503", "504"])
async def test_the_token_endpoint_fails_in_its_own_words(served: Served, kind: str) -> None:
    await _order(served, kinds=[kind], match="POST /.*/oauth2/v2.0/token$", limit=1)
    got = await served.by_secret()
    assert got.status == int(kind)
    assert "Gateway" in got.body if kind == "504" else got.error == "temporarily_unavailable"
    assert (await served.by_secret()).status == 200


async def _create(served: Served, token: str, name: str = "Ny app") -> Got:
    return await served.graph("POST", "/applications", token, json={"displayName": name})


def _named(served: Served, name: str = "Ny app") -> int:
    return len(list(served.tenant.collection("applications").find("displayName", name)))


@pytest.mark.parametrize(("kind", "made"), [("cut", 0), ("cut-after", 1), ("timeout", 0)])
async def test_a_closed_connection_leaves_the_work_done_or_not(served: Served, kind: str, made: int) -> None:
    token = await served.operator()
    await _order(served, kinds=[kind], match="POST /applications$", limit=1, silence=0.2)
    begun = time.monotonic()
    with pytest.raises(aiohttp.ClientConnectionError):
        await _create(served, token)
    assert (time.monotonic() - begun >= 0.2) is (kind == "timeout")
    assert _named(served) == made
    line = await _last(served)
    assert (line["fault"], line["status"]) == (kind, 0)
    assert (await _create(served, token)).status == 201


async def test_a_held_request_goes_on_when_released(served: Served) -> None:
    token = await served.operator()
    await _order(served, kinds=["hang"], nth=1, match="POST /applications$")
    waiting = asyncio.create_task(_create(served, token))
    await _until_held(served)
    assert _named(served) == 0
    await served.door("DELETE", "/faults")
    assert (await waiting).status == 201
    assert _named(served) == 1


async def test_a_held_request_of_a_dead_client_is_never_done(served: Served) -> None:
    token = await served.operator()
    await _order(served, kinds=["hang"], nth=1, match="POST /applications$")
    waiting = asyncio.create_task(_create(served, token))
    await _until_held(served)
    waiting.cancel()  # closes the connection, as a killed process does
    await asyncio.gather(waiting, return_exceptions=True)
    await served.door("DELETE", "/faults")
    await asyncio.sleep(0.2)
    assert _named(served) == 0
    assert (await _last(served))["status"] == 0


async def _until_held(served: Served) -> None:
    for _ in range(200):
        if (await served.door("GET", "/faults")).body["held"]:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("nothing was held")


async def test_a_miss_of_replication_is_met_by_new_objects_only(served: Served) -> None:
    token = await served.operator()
    made = (await _create(served, token)).body
    await _order(served, kinds=["lag-miss"])
    assert (await served.graph("GET", "/organization", token)).status == 200
    missed = await served.graph("GET", f"/applications/{made['id']}", token)
    assert (missed.status, missed.error) == (404, "Request_ResourceNotFound")
    principal = await served.graph("POST", "/servicePrincipals", token, json={"appId": made["appId"]})
    assert (principal.status, principal.error) == (400, "Request_BadRequest")
    assert "does not reference a valid application object" in principal.body["error"]["message"]
    patched = await served.graph("PATCH", f"/applications(appId='{made['appId']}')", token, json={"notes": "x"})
    assert patched.status == 404
    await served.door("POST", "/clock", {"advance": "5m"})
    assert (await served.graph("GET", f"/applications/{made['id']}", await served.operator())).status == 200


async def test_grants_on_a_new_principal_are_missed_in_the_services_words(served: Served) -> None:
    token = await served.operator()
    made = (await _create(served, token)).body
    principal = (await served.graph("POST", "/servicePrincipals", token, json={"appId": made["appId"]})).body
    await _order(served, kinds=["lag-miss"])
    role = {"principalId": principal["id"], "resourceId": served.tenant.new_id(), "appRoleId": served.tenant.new_id()}
    path = f"/servicePrincipals/{principal['id']}/appRoleAssignments"
    refused = await served.graph("POST", path, token, json=role)
    assert (refused.status, "Not a valid reference update" in refused.body["error"]["message"]) == (400, True)
    grant = {"clientId": principal["id"], "consentType": "AllPrincipals", "resourceId": "x", "scope": "User.Read"}
    assert (await served.graph("POST", "/oauth2PermissionGrants", token, json=grant)).status == 404


async def test_the_sign_in_service_misses_new_applications_and_secrets(served: Served) -> None:
    app = add_app(served.tenant)
    await _order(served, kinds=["lag-miss"])
    assert (await served.by_secret(app.app_id, SECRET)).body["error_codes"] == [700016]
    assert (await served.by_secret()).status == 200  # the operator is an old one
    await served.door("DELETE", "/faults")
    assert (await served.by_secret(app.app_id, SECRET)).status == 200


async def test_parts_of_a_batch_are_faulted_one_by_one(served: Served) -> None:
    token = await served.operator()
    await _order(served, kinds=["429", "503"], match="GET /organization", rate=0.5, seed=3)
    parts = [{"id": str(n), "method": "GET", "url": "/organization"} for n in range(20)]
    answers = await served.batch(*parts, token=token)
    statuses = Counter(row["status"] for row in answers.values())
    assert statuses[200] >= 4
    assert statuses[429] >= 2
    throttled = [row for row in answers.values() if row["status"] == 429]
    assert all(int(row["headers"]["Retry-After"]) >= 1 for row in throttled)
    line = await _last(served)
    assert isinstance(line["parts"], list)
    assert Counter(part["fault"] for part in line["parts"])["429"] == statuses[429]


async def test_the_share_of_the_command_line_hits_every_server() -> None:
    async with serving(faults=1.0, seed=2) as served:
        statuses = set()
        for _ in range(30):
            try:
                statuses.add((await served.by_secret()).status)
            except aiohttp.ClientConnectionError:
                statuses.add(0)
            if len(statuses) >= 4:
                break
        assert 200 not in statuses
        assert {0, 429} & statuses


def test_every_kind_of_the_contract_is_known() -> None:
    wanted = "429 429-no-retry-after 500 503 504 timeout cut cut-after lag-miss hang"
    assert list(KINDS) == wanted.split()
