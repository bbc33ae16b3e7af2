"""Admin consent by link: the form, the grants, the way back; and applications of other organisations."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from simulator.directory.first_party import GRAPH, graph_permissions
from simulator.directory.foreign import VENDOR_APP, VENDOR_REDIRECT
from simulator.directory.roles import ROLES
from tests.simulator.client import Got, Served, serving
from tests.simulator.front.cast import PASSWORD, add_app, add_person, grant_scope, graph

VENDOR = {"client_id": VENDOR_APP, "redirect_uri": VENDOR_REDIRECT, "scope": f"{GRAPH}/.default", "state": "7"}


async def link(served: Served, fields: dict[str, str], tenant: str | None = None) -> Got:
    url = f"{served.ready['login']}/{tenant or served.tenant.id}/v2.0/adminconsent"
    return await served.call("GET", url, params=fields)


async def post(served: Served, fields: dict[str, str], **form: str) -> dict[str, str]:
    """Sends the form as the operator; what came back with the redirect."""
    operator = served.ready["operator"]
    who = {"username": operator["userPrincipalName"], "password": operator["password"], "decision": "accept"}
    url = f"{served.ready['login']}/{served.tenant.id}/v2.0/adminconsent"
    got = await served.call("POST", url, data=fields | who | form)
    assert got.status == 302, got.body
    target = urlsplit(got.headers["Location"])
    assert f"{target.scheme}://{target.netloc}{target.path}" == fields["redirect_uri"]
    return {name: values[0] for name, values in parse_qs(target.query).items()}


def held(served: Served, app_id: str) -> tuple[list[str], set[str]]:
    """Delegated scopes for everybody and application roles on Graph of an application."""
    tenant = served.tenant
    principal = tenant.collection("servicePrincipals").first("appId", app_id)
    assert principal is not None
    (grant,) = tenant.collection("oauth2PermissionGrants").find("clientId", principal["id"])
    assert grant["consentType"] == "AllPrincipals"
    names = {row["id"]: row["value"] for row in graph(tenant)["appRoles"]}
    roles = tenant.collection("appRoleAssignments").find("principalId", principal["id"])
    return grant["scope"].split(), {names[row["appRoleId"]] for row in roles}


async def test_a_vendors_application_comes_in_by_its_link(served: Served) -> None:
    page = await link(served, VENDOR)
    assert "Switchboard Presence" in page.body
    assert re.findall(r"<li>([^<]*)</li>", page.body) == [
        "Microsoft Graph: Presence.Read.All (delegated)",
        "Microsoft Graph: User.Read (delegated)",
        "Microsoft Graph: User.Read.All (application)",
    ]
    assert served.tenant.collection("servicePrincipals").first("appId", VENDOR_APP) is None
    answer = await post(served, VENDOR)
    assert (answer["admin_consent"], answer["tenant"], answer["state"]) == ("True", served.tenant.id, "7")
    assert held(served, VENDOR_APP) == (["Presence.Read.All", "User.Read"], {"User.Read.All"})
    principal = served.tenant.collection("servicePrincipals").first("appId", VENDOR_APP) or {}
    assert principal["appOwnerOrganizationId"] != served.tenant.id


async def test_consenting_again_changes_nothing_and_keeps_what_is_there(served: Served) -> None:
    await post(served, VENDOR)
    principal = served.tenant.collection("servicePrincipals").first("appId", VENDOR_APP) or {}
    (grant,) = served.tenant.collection("oauth2PermissionGrants").find("clientId", principal["id"])
    served.tenant.seed({"oauth2PermissionGrants": [grant | {"scope": f"{grant['scope']} Mail.Read"}]})
    await post(served, VENDOR)
    assert held(served, VENDOR_APP) == (["Mail.Read", "Presence.Read.All", "User.Read"], {"User.Read.All"})


async def test_single_scopes_are_granted_alone(served: Served) -> None:
    answer = await post(served, VENDOR | {"scope": "https://graph.microsoft.com/User.Read"})
    assert answer["scope"] == "User.Read"
    assert held(served, VENDOR_APP) == (["User.Read"], set())


async def test_ones_own_application_too(served: Served) -> None:
    wanted = [{"id": graph_permissions()["Calendars.Read"]["application"], "type": "Role"}]
    wanted += [{"id": graph_permissions()["User.Read"]["delegated"], "type": "Scope"}]
    access = [{"resourceAppId": GRAPH, "resourceAccess": wanted}]
    own = "https://own.example/back"
    app = add_app(served.tenant, requiredResourceAccess=access, web={"redirectUris": [own]})
    await post(served, VENDOR | {"client_id": app.app_id, "redirect_uri": own})
    assert held(served, app.app_id) == (["User.Read"], {"Calendars.Read"})


async def test_whoever_may_not_consent_is_sent_back(served: Served) -> None:
    person = add_person(served.tenant)
    who = {"username": person["userPrincipalName"], "password": PASSWORD}
    assert "AADSTS90094" in (await post(served, VENDOR, **who))["error_description"]
    role = ROLES["Cloud Application Administrator"]  # not for application permissions of Graph
    served.tenant.seed({"roleAssignments": [{"principalId": person["id"], "roleDefinitionId": role}]})
    assert "AADSTS90094" in (await post(served, VENDOR, **who))["error_description"]
    delegated = VENDOR | {"scope": "https://graph.microsoft.com/Presence.Read.All"}
    assert (await post(served, delegated, **who))["admin_consent"] == "True"


async def test_declining_and_mistyping(served: Served) -> None:
    assert (await post(served, VENDOR, decision="decline"))["error"] == "access_denied"
    url = f"{served.ready['login']}/{served.tenant.id}/v2.0/adminconsent"
    who = {"username": served.ready["operator"]["userPrincipalName"], "password": "wrong"}
    again = await served.call("POST", url, data=VENDOR | who | {"decision": "accept"})
    assert again.status == 200
    assert "AADSTS50126" in again.body
    assert served.tenant.collection("servicePrincipals").first("appId", VENDOR_APP) is None


async def test_a_wrong_link_is_told_on_the_page(served: Served) -> None:
    for change, code in (
        ({"redirect_uri": "https://evil.example"}, "AADSTS50011"),
        ({"client_id": "1" * 8 + "-0000-4000-8000-000000000000"}, "AADSTS700016"),
    ):
        page = await link(served, VENDOR | change)
        assert (page.status, code in page.body) == (400, True)


async def test_a_resource_that_the_tenant_lacks(served: Served) -> None:
    missing = "2" * 8 + "-0000-4000-8000-000000000000"
    access = [{"resourceAppId": missing, "resourceAccess": [{"id": missing, "type": "Scope"}]}]
    row = {"id": missing, "appId": missing, "displayName": "Odd", "requiredResourceAccess": access}
    served.tenant.seed({"vendorApplications": [row | {"web": {"redirectUris": [VENDOR_REDIRECT]}}]})
    page = await link(served, VENDOR | {"client_id": missing})
    assert "AADSTS650052" in page.body


async def test_the_vendor_signs_in_once_it_is_let_in(served: Served) -> None:
    secret = {"keyId": VENDOR_APP, "displayName": "v", "secretText": "Abc8Q~vendors"}
    row = {"id": "7e1ec0de-0000-4000-8000-0000000000bb", "passwordCredentials": [secret]}
    await served.door("POST", "/seed", {"vendorApplications": [row]})
    refused = await served.by_secret(VENDOR_APP, "Abc8Q~vendors")
    assert refused.body["error_codes"] == [700016]
    await post(served, VENDOR)
    assert (await served.by_secret(VENDOR_APP, "Abc8Q~vendors")).status == 200


async def test_a_person_consents_while_signing_in(served: Served) -> None:
    add_person(served.tenant)
    form = {"client_id": VENDOR_APP, "redirect_uri": VENDOR_REDIRECT, "response_type": "code", "scope": "User.Read"}
    who = {"username": f"olle@{served.tenant.domain}", "password": PASSWORD, "decision": "accept"}
    url = f"{served.ready['login']}/{served.tenant.id}/oauth2/v2.0/authorize"
    got = await served.call("POST", url, data=form | who)
    assert "code=" in got.headers["Location"]
    principal = served.tenant.collection("servicePrincipals").first("appId", VENDOR_APP) or {}
    (grant,) = served.tenant.collection("oauth2PermissionGrants").find("clientId", principal["id"])
    assert (grant["consentType"], grant["scope"]) == ("Principal", "User.Read")


async def test_a_service_principal_may_be_made_over_graph(served: Served) -> None:
    got = await served.graph("POST", "/servicePrincipals", json={"appId": VENDOR_APP})
    assert got.status == 201, got.body
    assert got.body["displayName"] == "Switchboard Presence"


async def test_an_application_of_a_neighbour_tenant() -> None:
    async with serving(users=0, tenants=2) as served:
        home, here = served.running.world.tenants
        shared: Any = add_app(home, signInAudience="AzureADMultipleOrgs")
        alone = add_app(home)
        ready = served.ready["tenants"][1]
        operator = {"app": ready["operator"]["clientId"], "secret": ready["operator"]["clientSecret"]}
        form = {
            "grant_type": "client_credentials",
            "client_id": operator["app"],
            "client_secret": operator["secret"],
            "scope": f"{ready['graph']}/.default",
        }
        got = await served.call("POST", f"{ready['login']}/{here.id}/oauth2/v2.0/token", data=form)
        headers = {"Authorization": f"Bearer {got.body['access_token']}"}
        url = f"{ready['graph']}/v1.0/servicePrincipals"
        made = await served.call("POST", url, headers=headers, json={"appId": shared.app_id})
        assert made.body["appOwnerOrganizationId"] == home.id
        assert (await served.call("POST", url, headers=headers, json={"appId": alone.app_id})).status == 400


async def test_a_password_alone_does_not_consent(served: Served) -> None:
    add_person(served.tenant)
    form = {"grant_type": "password", "client_id": VENDOR_APP, "scope": "User.Read"}
    who = {"username": f"olle@{served.tenant.domain}", "password": PASSWORD}
    assert (await served.token(**form, **who)).body["error_codes"] == [7000218]  # it is no public client
    row = {"id": "7e1ec0de-0000-4000-8000-0000000000bb", "isFallbackPublicClient": True}
    served.tenant.seed({"vendorApplications": [row]})
    assert (await served.token(**form, **who)).body["error_codes"] == [65001]
    await post(served, VENDOR)
    principal = served.tenant.collection("servicePrincipals").first("appId", VENDOR_APP) or {}
    grant_scope(served.tenant, principal["id"], "User.Read")
    assert (await served.token(**form, **who)).status == 200
