"""The 21Vianet cloud: other ids, other names, and what it does not have."""

from collections.abc import AsyncIterator

import pytest

from simulator.clouds import CHINA
from simulator.directory.first_party import GRAPH, graph_permissions
from tests.simulator.client import Served, serving


@pytest.fixture
async def china() -> AsyncIterator[Served]:
    async with serving(cloud="china") as served:
        yield served


async def test_ids_are_the_clouds_own_and_names_the_same(china: Served) -> None:
    got = await china.graph("GET", f"/servicePrincipals(appId='{GRAPH}')?$select=appRoles,oauth2PermissionScopes")
    ids = {row["value"]: row["id"] for row in got.body["appRoles"]}
    public = graph_permissions()
    assert ids["Calendars.Read"] == graph_permissions(CHINA)["Calendars.Read"]["application"]
    assert ids["Calendars.Read"] != public["Calendars.Read"]["application"]
    assert ids["Mail.Read"] == public["Mail.Read"]["application"]
    assert not [name for name in ids if name.startswith("Presence.")]
    assert not [row for row in got.body["oauth2PermissionScopes"] if row["value"].startswith("Presence.")]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/communications/presences"),
        ("POST", "/communications/getPresencesByUserId"),
        ("GET", "/users/x/presence"),
    ],
)
async def test_presence_is_not_there(china: Served, method: str, path: str) -> None:
    got = await china.graph(method, path, json={"ids": []} if method == "POST" else None)
    assert got.status == 400
    assert got.body["error"]["message"].startswith("Resource not found for the segment")


async def test_names_are_those_of_china(china: Served) -> None:
    assert china.tenant.domain == "contoso.partner.onmschina.cn"
    url = f"{china.ready['login']}/{china.tenant.id}/v2.0/.well-known/openid-configuration"
    told = (await china.call("GET", url)).body
    assert told["cloud_instance_name"] == "partner.microsoftonline.cn"
    assert told["msgraph_host"] == "microsoftgraph.chinacloudapi.cn"


async def test_the_operator_works_there_too(china: Served) -> None:
    got = await china.graph("GET", "/users?$top=1")
    assert got.status == 200, got.body
    made = await china.graph("POST", "/applications", json={"displayName": "Phone"})
    assert made.status == 201


async def test_everywhere_else_presence_is_there(served: Served) -> None:
    got = await served.graph("GET", "/communications/presences")
    assert got.status == 403  # the operator has no permission for it
