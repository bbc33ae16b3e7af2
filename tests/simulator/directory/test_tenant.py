"""The tenant itself: its first day, seeds, saving, and what only reads."""

import json

from simulator.directory.founding import OPERATOR_ROLES
from tests.simulator.directory.asking import START, Asker

NOBODY = "00000000-0000-0000-0000-00000000dead"


def test_the_same_seed_gives_the_same_tenant() -> None:
    one, two, other = Asker(users=10), Asker(users=10), Asker(users=10, seed=6)
    assert one.tenant.operator == two.tenant.operator
    assert one.tenant.id == two.tenant.id != other.tenant.id
    assert [row["id"] for row in one.values("/users")] == [row["id"] for row in two.values("/users")]
    assert one.tenant.save()["collections"] == {}


def test_the_operator_may_do_what_provisioning_needs(ask: Asker) -> None:
    granted = {row["appRoleId"] for row in ask.values(f"/servicePrincipals/{ask.principal['id']}/appRoleAssignments")}
    assert len(granted) == len(OPERATOR_ROLES)
    app = ask.get(f"/applications(appId='{ask.tenant.operator['clientId']}')")
    assert ask.tenant.operator["clientSecret"] not in json.dumps(app)
    assert len(ask.values(f"/applications/{app['id']}/owners")) == 1
    assert ask.tenant.operator["password"] not in json.dumps(ask.values("/users?$select=id,passwordProfile"))


def test_seeds_fill_their_gaps(ask: Asker) -> None:
    ask.tenant.seed(
        {
            "applications": [{"displayName": "Old", "passwordCredentials": [{"secretText": "abcdefgh"}]}],
            "users": [{"userPrincipalName": "x@contoso.onmicrosoft.com", "displayName": "X"}],
            "conditionalAccessPolicies": [{"displayName": "P", "grantControls": {"builtInControls": ["mfa"]}}],
        }
    )
    app = ask.values("/applications?$filter=displayName eq 'Old'")[0]
    assert app["passwordCredentials"][0]["hint"] == "abc"
    assert "abcdefgh" not in json.dumps(list(ask.tenant.collection("applications").iterate()))
    assert ask.get("/users/x@contoso.onmicrosoft.com")["displayName"] == "X"
    policy = ask.values("/identity/conditionalAccess/policies?$filter=displayName eq 'P'")[0]
    assert policy["conditions"]["users"]["excludeGroups"] == []
    assert policy["grantControls"]["operator"] == "OR"
    ask.tenant.seed({"applications": [{"id": app["id"], "tags": ["a"]}]})
    assert ask.get(f"/applications/{app['id']}")["displayName"] == "Old"


def test_a_portals_default_permission_can_be_seeded(ask: Asker) -> None:
    app, client = ask.app_with_principal()
    graph = ask.values("/servicePrincipals?$filter=displayName eq 'Microsoft Graph'&$select=id")[0]["id"]
    ask.tenant.seed({"oauth2PermissionGrants": [{"clientId": client["id"], "resourceId": graph, "scope": "User.Read"}]})
    grants = ask.values(f"/servicePrincipals/{client['id']}/oauth2PermissionGrants")
    assert [(row["scope"], row["consentType"]) for row in grants] == [("User.Read", "AllPrincipals")]
    ask.tenant.seed({"appRoleAssignments": [{"principalId": client["id"], "resourceId": graph, "appRoleId": NOBODY}]})
    assert ask.values(f"/servicePrincipals/{client['id']}/appRoleAssignments")[0]["principalDisplayName"] == "Phone"
    assert app["requiredResourceAccess"] == []


def test_a_tenant_is_saved_and_loaded() -> None:
    ask = Asker(users=10)
    app, _ = ask.app_with_principal(uniqueName="mine")
    gone = ask.values("/users?$top=1")[0]["id"]
    ask.reply("DELETE", f"/users/{gone}")
    ask.tenant.collection("groups").clear()
    saved = json.loads(json.dumps(ask.tenant.save()))
    other = Asker(users=10)
    other.tenant.load(saved)
    assert other.get("/applications(uniqueName='mine')") == ask.get("/applications(uniqueName='mine')")
    assert other.refusal("GET", f"/users/{gone}").status == 404
    assert other.values("/groups") == []
    assert other.app()["id"] == ask.app()["id"] != app["id"]
    assert len(other.tenant.collection("users")) == len(ask.tenant.collection("users")) == 10


def test_the_organisation(ask: Asker) -> None:
    row = ask.values("/organization?$select=id,displayName,verifiedDomains")[0]
    assert row["id"] == ask.tenant.id
    assert row["verifiedDomains"][0]["name"] == ask.tenant.domain
    path = f"/organization/{ask.tenant.id}"
    assert ask.reply("PATCH", path, {"technicalNotificationMails": ["a@b.example"]}).status == 204
    assert ask.get(path)["technicalNotificationMails"] == ["a@b.example"]
    assert [row["id"] for row in ask.values("/domains")] == [ask.tenant.domain]


def test_policies_that_are_one_of_a_kind(ask: Asker) -> None:
    assert ask.get("/policies/defaultAppManagementPolicy")["isEnabled"] is False
    assert ask.get("/policies/identitySecurityDefaultsEnforcementPolicy")["isEnabled"] is False
    body = {"defaultUserRolePermissions": {"allowedToCreateApps": False}}
    assert ask.reply("PATCH", "/policies/authorizationPolicy", body).status == 204
    policy = ask.get("/policies/authorizationPolicy")
    assert policy["defaultUserRolePermissions"]["allowedToCreateApps"] is False
    assert policy["defaultUserRolePermissions"]["allowedToReadOtherUsers"] is True
    strengths = ask.values(
        "/policies/authenticationStrengthPolicies?$filter=allowedCombinations/any(x:x has 'sms, password')"
    )
    assert [row["displayName"] for row in strengths] == ["Multifactor authentication"]
    one = ask.get(f"/policies/authenticationStrengthPolicies/{strengths[0]['id']}")
    assert one["requirementsSatisfied"] == "mfa"
    assert len(ask.values("/identity/conditionalAccess/authenticationStrength/policies")) == 3


def test_newer_enum_members_are_hidden(ask: Asker) -> None:
    rows = ask.values("/identity/conditionalAccess/policies")
    risky = next(row for row in rows if row["displayName"] == "Remediate risky users")
    assert risky["grantControls"]["builtInControls"] == ["mfa", "unknownFutureValue"]
    path = f"/identity/conditionalAccess/policies/{risky['id']}"
    asked = ask.get(path, headers={"prefer": "include-unknown-enum-members"})
    assert asked["grantControls"]["builtInControls"] == ["mfa", "riskRemediation"]
    assert {row["state"] for row in rows} == {"enabledForReportingButNotEnforced", "disabled"}


def test_named_locations_of_both_kinds(ask: Asker) -> None:
    address = {"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "6.5.4.3/32"}
    made = {"createdDateTime": "2019-09-15T21:53:34Z", "modifiedDateTime": "2019-09-15T21:53:34Z"}
    office = {"@odata.type": "#microsoft.graph.ipNamedLocation", "displayName": "Office", "isTrusted": True}
    country = {
        "@odata.type": "#microsoft.graph.countryNamedLocation",
        "displayName": "SE",
        "countriesAndRegions": ["SE"],
    }
    ask.tenant.seed({"namedLocations": [{**office, "ipRanges": [address], **made}, {**country, **made}]})
    path = "/identity/conditionalAccess/namedLocations"
    found = ask.values(f"{path}?$filter=isof('microsoft.graph.ipNamedLocation')")
    assert [row["displayName"] for row in found] == ["Office"]
    url = f"{path}?$filter=microsoft.graph.countryNamedLocation/countriesAndRegions/any(c: c eq 'SE')"
    assert [row["displayName"] for row in ask.values(url)] == ["SE"]
    assert len(ask.values(f"{path}?$filter=createdDateTime ge 2019-09-01T00:00:00Z")) == 2
    assert ask.get(f"{path}/{found[0]['id']}")["ipRanges"] == [address]


def test_logs_are_read_newest_first(ask: Asker) -> None:
    times = ["2026-11-01T00:00:00Z", "2026-11-03T00:00:00Z", "2026-11-02T00:00:00Z"]
    ask.tenant.seed({"signIns": [{"id": str(n), "createdDateTime": time} for n, time in enumerate(times)]})
    assert [row["id"] for row in ask.values("/auditLogs/signIns")] == ["1", "2", "0"]
    url = "/auditLogs/signIns?$filter=createdDateTime ge 2026-11-02T00:00:00Z&$top=1"
    assert [row["id"] for row in ask.everything(url)] == ["1", "2"]
    assert ask.get("/auditLogs/signIns/2")["id"] == "2"
    assert ask.refusal("GET", "/auditLogs/signIns/9").status == 404
    assert ask.values("/auditLogs/directoryAudits") == []


def test_time_is_the_tenants_own(ask: Asker) -> None:
    assert ask.tenant.stamp() == f"{START:%Y-%m-%dT%H:%M:%SZ}"
    ask.clock.advance(3600)
    assert ask.app()["createdDateTime"] == "2026-11-21T09:00:00Z"
