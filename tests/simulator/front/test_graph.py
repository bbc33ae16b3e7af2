"""Graph's front: tokens, routes, envelopes, headers, compression, pages kept."""

import json
from typing import Any

import pytest

from simulator.routes import ROUTES
from tests.simulator.client import Served, serving
from tests.simulator.front.cast import PASSWORD, add_app, add_person, grant_scope

CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"


@pytest.mark.parametrize(
    ("header", "text"),
    [
        (None, "Access token is empty."),
        ("Basic abc", "Access token is empty."),
        ("Bearer ", "Access token is empty."),
        ("Bearer abc", "JWT is not well formed"),
        ("Bearer e30.e30.e30", "JWT is not well formed"),
    ],
)
async def test_a_request_without_a_good_token_is_401(served: Served, header: str | None, text: str) -> None:
    headers = {} if header is None else {"Authorization": header}
    got = await served.call("GET", f"{served.ready['graph']}/v1.0/users", headers=headers)
    assert (got.status, got.error) == (401, "InvalidAuthenticationToken")
    assert text in got.body["error"]["message"]
    assert got.headers["WWW-Authenticate"].startswith("Bearer ")


async def test_a_token_dies_after_an_hour_of_the_tenants_time(served: Served) -> None:
    token = await served.operator()
    await served.door("POST", "/clock", {"advance": "59m"})
    assert (await served.graph("GET", "/organization", token)).status == 200
    await served.door("POST", "/clock", {"advance": "1m"})
    got = await served.graph("GET", "/organization", token)
    assert (got.status, "expired" in got.body["error"]["message"]) == (401, True)


async def test_a_token_signed_by_another_is_refused(served: Served) -> None:
    async with serving() as other:  # same seed, same tenant id, another key
        token = await other.operator()
    assert (await served.graph("GET", "/organization", token)).status == 401


async def test_a_token_opens_its_own_tenant_only() -> None:
    async with serving(tenants=2) as served:
        first, second = served.ready["tenants"]
        assert first["tenantId"] != second["tenantId"]
        for ready in (first, second):
            form = {
                "grant_type": "client_credentials",
                "client_id": ready["operator"]["clientId"],
                "client_secret": ready["operator"]["clientSecret"],
                "scope": f"{ready['graph']}/.default",
            }
            got = await served.call("POST", f"{ready['login']}/{ready['tenantId']}/oauth2/v2.0/token", data=form)
            headers = {"Authorization": f"Bearer {got.body['access_token']}"}
            answer = await served.call("GET", f"{ready['graph']}/v1.0/organization", headers=headers)
            assert [row["id"] for row in answer.body["value"]] == [ready["tenantId"]]
            state = await served.call("GET", f"{ready['door']}/state/organization")
            assert [row["id"] for row in state.body] == [ready["tenantId"]]
        crossed = await served.call(
            "POST",
            f"{first['login']}/{second['tenantId']}/oauth2/v2.0/token",
            data=form | {"client_id": first["operator"]["clientId"]},
        )
        assert crossed.body["error_codes"] == [700016]


async def test_every_answer_carries_the_headers_of_the_service(served: Served) -> None:
    headers = {"client-request-id": "mine", "Accept-Encoding": "gzip, br"}
    good = await served.graph("GET", "/organization", headers=headers)
    bad = await served.graph("GET", "/nonsense", headers=headers)
    for got in (good, bad):
        assert got.headers["client-request-id"] == "mine"
        assert len(got.headers["request-id"]) == 36
        assert "ServerInfo" in json.loads(got.headers["x-ms-ags-diagnostic"])
        assert got.headers["Date"].endswith("GMT")
        assert "Content-Encoding" not in got.headers
    assert good.headers["OData-Version"] == "4.0"
    inner = bad.body["error"]["innerError"]
    assert (inner["client-request-id"], inner["request-id"]) == ("mine", bad.headers["request-id"])
    assert good.headers["request-id"] != bad.headers["request-id"]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nonsense", 400, "BadRequest"),
        ("PUT", "/users", 405, "Request_BadRequest"),
        ("GET", "/$batch", 405, "Request_BadRequest"),
        ("GET", "/me", 400, "BadRequest"),
    ],
)
async def test_a_wrong_request_gets_the_envelope(
    served: Served, method: str, path: str, status: int, code: str
) -> None:
    got = await served.graph(method, path)
    assert (got.status, got.error) == (status, code)


async def test_another_version_is_refused(served: Served) -> None:
    headers = {"Authorization": f"Bearer {await served.operator()}"}
    got = await served.call("GET", f"{served.ready['graph']}/beta/users", headers=headers)
    assert (got.status, got.body["error"]["message"]) == (400, "Invalid version: beta.")


async def test_a_body_that_is_no_json_is_told(served: Served) -> None:
    got = await served.graph("POST", "/applications", data=b"{", headers={"Content-Type": "application/json"})
    assert (got.status, "Unable to read JSON" in got.body["error"]["message"]) == (400, True)


async def test_links_follow_the_host_that_was_asked(served: Served) -> None:
    port = served.ready["graph"].rpartition(":")[2]
    token = await served.operator()
    headers = {"Authorization": f"Bearer {token}", "Host": "graph.microsoft.com"}
    got = await served.call("GET", f"https://127.0.0.1:{port}/v1.0/users?$top=1", headers=headers)
    assert got.body["@odata.nextLink"].startswith("https://graph.microsoft.com/v1.0/users?")
    assert got.body["@odata.context"].startswith("https://graph.microsoft.com/v1.0/$metadata#users")


async def test_me_is_the_signed_in_person(served: Served) -> None:
    person = add_person(served.tenant)
    app = add_app(served.tenant, isFallbackPublicClient=True)
    grant_scope(served.tenant, app.principal_id, "User.Read")
    token = await _person_token(served, app.app_id, "User.Read")
    got = await served.graph("GET", "/me", token)
    assert got.body["id"] == person["id"]


async def test_kept_pages_are_the_same_bytes_and_cost_the_log_nothing() -> None:
    async with serving(cache_pages=True) as served:
        token = await served.operator()
        first = await served.graph("GET", "/users?$top=3", token)
        second = await served.graph("GET", "/users?$top=3", token)
        assert first.body == second.body
        parts = await served.batch({"id": "1", "method": "GET", "url": "/users?$top=3"}, token=token)
        assert parts["1"]["body"] == first.body
        pages = served.running.world.pages
        assert pages is not None
        assert len(pages) == 1


def test_every_operation_is_protected_by_a_permission() -> None:
    from simulator.authorize import table

    open_ones = [f"{route.method} {route.template}" for route in ROUTES]
    assert [name for name in open_ones if not any(table().get(name, {}).values())] == []


async def _person_token(served: Served, app_id: str, scope: str, name: str = "olle", **more: Any) -> str:
    got = await served.token(
        grant_type="password",
        client_id=app_id,
        username=f"{name}@{served.tenant.domain}",
        password=PASSWORD,
        scope=scope,
        **more,
    )
    assert got.status == 200, got.body
    return str(got.body["access_token"])


async def test_a_long_url_is_read(served: Served) -> None:
    names = ",".join(f"'{served.tenant.new_id()}'" for _ in range(400))
    got = await served.graph("GET", f"/users?$filter=id in ({names})")
    assert isinstance(got.body, dict)  # whatever Graph makes of it: the server read it
