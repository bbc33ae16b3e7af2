"""What the sign-in service publishes: configuration, instance discovery, keys; and what it has not."""

import pytest

from tests.simulator.client import Served


@pytest.mark.parametrize("name", ["tenantId", "domain"])
async def test_the_configuration_is_found_by_id_and_by_domain(served: Served, name: str) -> None:
    login, tenant = served.ready["login"], served.ready["tenantId"]
    got = await served.call("GET", f"{login}/{served.ready[name]}/v2.0/.well-known/openid-configuration")
    assert got.body["issuer"] == f"{login}/{tenant}/v2.0"
    assert got.body["token_endpoint"] == f"{login}/{tenant}/oauth2/v2.0/token"
    assert got.body["device_authorization_endpoint"] == f"{login}/{tenant}/oauth2/v2.0/devicecode"


@pytest.mark.parametrize("name", ["organizations", "common"])
async def test_the_shared_configuration_leaves_the_tenant_open(served: Served, name: str) -> None:
    login = served.ready["login"]
    got = await served.call("GET", f"{login}/{name}/v2.0/.well-known/openid-configuration")
    assert got.body["issuer"] == f"{login}/{{tenantid}}/v2.0"
    assert got.body["authorization_endpoint"] == f"{login}/{name}/oauth2/v2.0/authorize"


async def test_links_follow_the_host_that_was_asked(served: Served) -> None:
    url = f"{served.ready['login']}/{served.tenant.id}/v2.0/.well-known/openid-configuration"
    got = await served.call("GET", url, headers={"Host": "login.microsoftonline.com"})
    assert got.body["token_endpoint"].startswith("https://login.microsoftonline.com/")


async def test_an_unknown_tenant_is_told_by_discovery(served: Served) -> None:
    got = await served.call("GET", f"{served.ready['login']}/fabrikam.com/v2.0/.well-known/openid-configuration")
    assert (got.status, got.error, got.body["error_codes"]) == (400, "invalid_tenant", [90002])


async def test_instance_discovery_knows_the_name_it_was_asked_by(served: Served) -> None:
    host = served.ready["login"].removeprefix("https://")
    asked = f"https://{host}/organizations/oauth2/v2.0/authorize"
    url = f"{served.ready['login']}/common/discovery/instance"
    got = await served.call("GET", url, params={"api-version": "1.1", "authorization_endpoint": asked})
    assert got.body["metadata"] == [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}]
    endpoint = got.body["tenant_discovery_endpoint"]
    assert endpoint == f"https://{host}/organizations/v2.0/.well-known/openid-configuration"


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/x/nothing", 404), ("GET", "/x/oauth2/v2.0/token", 405)]
)
async def test_what_is_not_there_is_told(served: Served, method: str, path: str, status: int) -> None:
    assert (await served.call(method, served.ready["login"] + path)).status == status


async def test_a_persons_realm_is_the_tenants_own(served: Served) -> None:
    got = await served.call("GET", f"{served.ready['login']}/common/userrealm/a%40contoso.com?api-version=1.0")
    assert (got.body["account_type"], got.body["domain_name"]) == ("Managed", "contoso.com")
