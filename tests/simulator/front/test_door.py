"""The door: state, seed, log; and that secrets do not come out of it."""

import contextlib
import json
import re
import socket
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import test_utils

import simulator
from simulator import collections
from simulator.app import Answer
from simulator.faults import Fault
from simulator.front import handler
from simulator.tenant import KEYS
from simulator.world import Asked
from tests.simulator.client import Served
from tests.simulator.front.cast import PASSWORD, SECRET, add_app, add_person


async def _lines(served: Served, query: str = "") -> list[dict[str, Any]]:
    return [json.loads(line) for line in (await served.door("GET", f"/requests{query}")).body.splitlines()]


async def test_state_is_raw_objects_and_can_be_emptied(served: Served) -> None:
    users = await served.door("GET", "/state/users")
    assert len(users.body) == len(served.tenant.collection("users")) > 5
    assert {"id", "userPrincipalName"} <= users.body[0].keys()
    assert (await served.door("DELETE", "/state/users")).status == 204
    assert (await served.door("GET", "/state/users")).body == []
    assert (await served.door("GET", "/state/whatever")).body == []


async def test_a_seed_adds_or_replaces_by_id(served: Served) -> None:
    person = {"id": served.tenant.new_id(), "userPrincipalName": f"ny@{served.tenant.domain}", "displayName": "Ny"}
    told = await served.door("POST", "/seed", {"users": [person], "groups": []})
    assert told.body == {"users": 1, "groups": 0}
    await served.door("POST", "/seed", {"users": [person | {"displayName": "Nyare"}]})
    got = await served.graph("GET", f"/users/{person['id']}?$select=displayName")
    assert got.body["displayName"] == "Nyare"


@pytest.mark.parametrize("body", [[], {"users": {}}, {"users": ["x"]}, "text"])
async def test_a_wrong_seed_is_told(served: Served, body: object) -> None:
    got = await served.door("POST", "/seed", body)
    assert (got.status, bool(got.body["error"])) == (400, True)


async def test_what_is_not_there_is_404_in_json(served: Served) -> None:
    for path in ("/nothing", "/tenants/unknown/state/users", "/state/users?tenant=unknown"):
        got = await served.door("GET", path)
        assert (got.status, bool(got.body["error"])) == (404, True)


async def test_health_counts(served: Served) -> None:
    await served.operator()
    got = await served.door("GET", "/health")
    assert got.body["requests"] == 1
    assert got.body["tenants"] == {served.tenant.id: len(served.tenant.collection("users"))}


async def test_the_log_tells_each_request_and_is_emptied(served: Served) -> None:
    token = await served.operator()
    await served.graph("GET", "/organization?$select=id", token)
    signed_in, asked = await _lines(served)
    assert (signed_in["method"], signed_in["url"].rpartition("/")[2]) == ("POST", "token")
    assert asked["url"] == f"{served.ready['graph']}/v1.0/organization?$select=id"
    assert (asked["app"], asked["status"], asked["fault"]) == (served.ready["operator"]["clientId"], 200, None)
    assert (await served.door("DELETE", "/requests")).status == 204
    assert await _lines(served) == []


async def test_the_log_hides_every_secret(served: Served) -> None:
    add_person(served.tenant)
    app = add_app(served.tenant, isFallbackPublicClient=True)
    token = await served.operator()
    made = await served.graph("POST", f"/applications/{app.object_id}/addPassword", token, json={})
    profile = {"password": "Hemligt-1", "forceChangePasswordNextSignIn": False}
    user = {
        "accountEnabled": True,
        "displayName": "U",
        "mailNickname": "u",
        "userPrincipalName": f"u@{served.tenant.domain}",
        "passwordProfile": profile,
    }
    part = {"id": "1", "method": "POST", "url": "/users", "headers": {"Content-Type": "application/json"}, "body": user}
    assert (await served.batch(part, token=token))["1"]["status"] == 201
    await served.by_secret(app.app_id, SECRET)
    await served.token(
        grant_type="password",
        client_id=app.app_id,
        username=f"olle@{served.tenant.domain}",
        password=PASSWORD,
        scope="User.Read offline_access",
    )
    told = (await served.door("GET", "/requests?bodies=1")).body
    secrets = [token, made.body["secretText"], "Hemligt-1", SECRET, PASSWORD, served.ready["operator"]["clientSecret"]]
    assert [secret for secret in secrets if secret in told] == []
    assert made.body["keyId"] in told  # what is no secret stays readable


async def test_the_log_shows_bodies_and_telling_headers(served: Served) -> None:
    headers = {"Prefer": "create-if-missing"}
    await served.graph("PATCH", "/applications(uniqueName='k')", headers=headers, json={"displayName": "Å"})
    (line,) = [row for row in await _lines(served, "?bodies=1") if row["method"] == "PATCH"]
    assert line["requestBody"] == {"displayName": "Å"}
    assert line["requestHeaders"]["prefer"] == "create-if-missing"
    assert line["responseBody"]["uniqueName"] == "k"


async def test_the_door_speaks_no_tls_and_only_to_this_machine(served: Served) -> None:
    assert served.ready["door"].startswith("http://127.0.0.1:")


@pytest.mark.parametrize("body", [{"user_code": "NONE"}, {}, []])
async def test_an_unknown_device_is_told(served: Served, body: object) -> None:
    assert (await served.door("POST", "/devices", body)).status == 400


class Broken:
    """A service with a mistake in it."""

    def answer(self, asked: Asked) -> Answer:
        """Makes the mistake."""
        raise ZeroDivisionError(asked.path)

    def missed(self, asked: Asked) -> Answer | None:
        """Nothing."""

    def failed(self, asked: Asked, fault: Fault) -> Answer:
        """The mistake again."""
        return self.answer(asked)


async def test_a_mistake_of_the_simulator_is_in_the_log(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    world = served.running.world
    async with (
        test_utils.RawTestServer(handler(world, Broken())) as server,
        served.session.get(server.make_url("/x")) as got,
    ):
        assert got.status == 500
    assert "ZeroDivisionError" in caplog.text
    assert [row["status"] for row in await _lines(served)] == [500]


async def test_localhost_means_either_loopback(served: Served) -> None:
    port = served.ready["graph"].rpartition(":")[2]
    assert (await served.call("GET", f"https://127.0.0.1:{port}/v1.0/users")).status == 401
    if socket.has_ipv6:
        with contextlib.suppress(aiohttp.ClientConnectorError):  # a machine may have it without the address
            assert (await served.call("GET", f"https://[::1]:{port}/v1.0/users")).status == 401


async def test_a_seed_of_an_unknown_collection_is_refused_with_those_that_are_known(served: Served) -> None:
    got = await served.door("POST", "/seed", {"userz": [], "groups": []})
    assert got.status == 400
    assert got.body["error"].startswith("unknown collection userz; known are administrativeUnitMembers, ")
    assert "mailboxFolderPermissions" in got.body["error"]


def test_every_collection_that_the_simulator_names_can_be_seeded_or_is_its_own() -> None:
    folder = Path(simulator.__file__).parent
    named = {
        name
        for path in folder.rglob("*.py")
        for name in re.findall(r'collection\("(\w+)"\)', path.read_text(encoding="utf-8"))
    }
    assert named | KEYS.keys() <= {*collections.KNOWN, *collections.OWN}
