"""Writing Conditional Access: policies, named locations, what is refused, and how often one may ask."""

from typing import Any

import pytest

from simulator.conditional.what import EXCHANGE
from tests.simulator.directory.asking import Asker

JSON = dict[str, Any]
POLICIES = "/identity/conditionalAccess/policies"
LOCATIONS = "/identity/conditionalAccess/namedLocations"
NOBODY = "99999999-0000-4000-8000-000000000000"
STRONG = "00000000-0000-0000-0000-000000000004"


def body(**more: Any) -> JSON:
    """The least that a policy needs."""
    conditions = {
        "clientAppTypes": ["all"],
        "users": {"includeUsers": ["All"]},
        "applications": {"includeApplications": ["All"]},
    }
    grant = {"operator": "OR", "builtInControls": ["mfa"]}
    return {"displayName": "MFA", "state": "enabled", "conditions": conditions, "grantControls": grant, **more}


def conditions(**more: Any) -> JSON:
    return body(conditions={**body()["conditions"], **more})


def controls(*built_in: str, operator: str = "AND", **more: Any) -> JSON:
    return body(grantControls={"operator": operator, "builtInControls": list(built_in), **more})


def write(ask: Asker, method: str, url: str, given: Any = None) -> Any:
    """A write that waits for its turn."""
    ask.clock.advance(1)
    return ask.reply(method, url, given)


def refused(ask: Asker, given: JSON, url: str = POLICIES, method: str = "POST") -> str:
    ask.clock.advance(1)
    fault = ask.refusal(method, url, given)
    assert fault.status == 400, fault
    return fault.message


def group(ask: Asker) -> str:
    given = {"displayName": "Excluded", "mailEnabled": False, "mailNickname": "excluded", "securityEnabled": True}
    return str(ask.post("/groups", given)["id"])


def test_a_policy_is_made_changed_and_deleted(ask: Asker) -> None:
    reply = write(ask, "POST", POLICIES, body())
    made = reply.body
    assert reply.status == 201
    assert made["conditions"]["users"]["excludeGroups"] == []
    url = f"{POLICIES}/{made['id']}"
    assert write(ask, "PATCH", url, {"state": "disabled"}).status == 204
    told = ask.get(url)
    assert (told["state"], told["displayName"]) == ("disabled", "MFA")
    assert told["modifiedDateTime"]
    assert write(ask, "DELETE", url).status == 204
    assert ask.refusal("GET", url).status == 404


def test_lists_are_replaced_whole_and_the_rest_stays(ask: Asker) -> None:
    first, second = group(ask), group(ask)
    users = {"includeUsers": ["All"], "excludeGroups": [first]}
    made = write(ask, "POST", POLICIES, conditions(users=users, locations={"includeLocations": ["All"]})).body
    url = f"{POLICIES}/{made['id']}"
    write(ask, "PATCH", url, {"conditions": {"users": {"excludeGroups": [second]}}})
    told = ask.get(url)["conditions"]
    assert told["users"]["excludeGroups"] == [second]
    assert told["users"]["includeUsers"] == ["All"]
    assert told["locations"] == {"includeLocations": ["All"]}
    write(ask, "PATCH", url, {"conditions": {"users": {"excludeGroups": []}}})
    assert ask.get(url)["conditions"]["users"]["excludeGroups"] == []


def test_a_group_that_is_gone_stays_on_a_list_that_is_written_again(ask: Asker) -> None:
    first, second = group(ask), group(ask)
    users = {"includeUsers": ["All"], "excludeGroups": [first]}
    url = f"{POLICIES}/{write(ask, 'POST', POLICIES, conditions(users=users)).body['id']}"
    write(ask, "DELETE", f"/groups/{first}")
    write(ask, "PATCH", url, {"conditions": {"users": {"excludeGroups": [first, second]}}})
    write(ask, "PATCH", url, {"conditions": {"users": {"excludeGroups": [second]}}})
    change = {"conditions": {"users": {"excludeGroups": [first, second]}}}
    assert refused(ask, change, url, "PATCH") == f"1054: Invalid group value: {first}."


def test_an_unknown_group_is_1054(ask: Asker) -> None:
    made = write(ask, "POST", POLICIES, body()).body
    for name in (NOBODY, "sg_MFA_exclusion"):
        change = {"conditions": {"users": {"excludeGroups": [name]}}}
        assert refused(ask, change, f"{POLICIES}/{made['id']}", "PATCH") == f"1054: Invalid group value: {name}."
    assert ask.get(f"{POLICIES}/{made['id']}")["conditions"]["users"]["excludeGroups"] == []


@pytest.mark.parametrize(
    "given",
    [
        body(displayName=""),
        body(grantControls=None),
        body(state="on"),
        conditions(users={}),
        conditions(users={"includeUsers": ["All", NOBODY]}),
        conditions(users={"includeUsers": [NOBODY]}),
        conditions(users={"includeUsers": ["All"], "excludeUsers": ["All"]}),
        conditions(users={"includeRoles": [NOBODY]}),
        conditions(applications={}),
        conditions(applications={"includeApplications": ["All", EXCHANGE]}),
        conditions(applications={"includeApplications": [NOBODY]}),
        conditions(
            applications={"includeApplications": ["All"], "includeUserActions": ["urn:user:registersecurityinfo"]}
        ),
        conditions(applications={"includeUserActions": ["urn:user:dance"]}),
        conditions(clientAppTypes=[]),
        conditions(clientAppTypes=["all", "browser"]),
        conditions(clientAppTypes=["telephone"]),
        conditions(locations={"excludeLocations": ["AllTrusted"]}),
        conditions(locations={"includeLocations": [NOBODY]}),
        conditions(devices={"deviceFilter": {"mode": "include", "rule": "model eq"}}),
        conditions(clientApplications={"includeServicePrincipals": [NOBODY]}),
        conditions(clientApplications={"includeServicePrincipals": ["ServicePrincipalsInMyTenant"]}),
        conditions(weather="fine"),
        controls(),
        controls("block", "mfa"),
        controls("mfa", operator="XOR"),
        controls("mfa", authenticationStrength={"id": STRONG}),
        controls(authenticationStrength={"id": NOBODY}),
        controls("passwordChange"),
        controls("passwordChange", "mfa", operator="OR"),
        body(id=NOBODY),
    ],
)
def test_what_is_no_policy_is_refused(ask: Asker, given: JSON) -> None:
    assert refused(ask, given)
    assert len(ask.values(POLICIES)) == 2


def test_a_strength_and_mfa_give_way_to_each_other(ask: Asker) -> None:
    made = write(ask, "POST", POLICIES, body()).body
    url = f"{POLICIES}/{made['id']}"
    strength = {"grantControls": {"operator": "OR", "authenticationStrength": {"id": STRONG}}}
    write(ask, "PATCH", url, strength)
    told = ask.get(url)["grantControls"]
    assert told["builtInControls"] == []
    assert told["authenticationStrength"]["displayName"] == "Phishing resistant MFA"
    write(ask, "PATCH", url, {"grantControls": {"operator": "OR", "builtInControls": ["mfa"]}})
    told = ask.get(url)["grantControls"]
    assert (told["builtInControls"], told["authenticationStrength"]) == (["mfa"], None)


def test_a_change_of_password_with_all_it_needs(ask: Asker) -> None:
    given = controls("mfa", "passwordChange")
    given["conditions"]["userRiskLevels"] = ["high"]
    assert write(ask, "POST", POLICIES, given).status == 201


def test_guests_of_enumerated_tenants(ask: Asker) -> None:
    tenants = {
        "@odata.type": "#microsoft.graph.conditionalAccessEnumeratedExternalTenants",
        "membershipKind": "enumerated",
        "members": [NOBODY],
    }
    guests = {"guestOrExternalUserTypes": "internalGuest,b2bCollaborationGuest", "externalTenants": tenants}
    made = write(ask, "POST", POLICIES, conditions(users={"includeGuestsOrExternalUsers": guests})).body
    told = made["conditions"]["users"]["includeGuestsOrExternalUsers"]
    assert told["externalTenants"]["members"] == [NOBODY]


def test_one_write_a_second_and_no_word_of_when(ask: Asker) -> None:
    write(ask, "POST", POLICIES, body())
    fault = ask.refusal("POST", POLICIES, body())
    assert (fault.status, fault.code, fault.headers) == (429, "TooManyRequests", {})
    ask.clock.advance(0.95)
    assert ask.reply("POST", POLICIES, body()).status == 201
    for _ in range(3):
        assert ask.reply("GET", POLICIES).status == 200


def test_security_defaults_and_enabled_policies_exclude_each_other(ask: Asker) -> None:
    url = "/policies/identitySecurityDefaultsEnforcementPolicy"
    assert ask.reply("PATCH", url, {"isEnabled": True}).status == 204
    assert "Security Defaults is enabled" in refused(ask, body())
    report = body(state="enabledForReportingButNotEnforced")
    made = write(ask, "POST", POLICIES, report).body
    assert "Security Defaults" in refused(ask, {"state": "enabled"}, f"{POLICIES}/{made['id']}", "PATCH")
    ask.reply("PATCH", url, {"isEnabled": False})
    write(ask, "PATCH", f"{POLICIES}/{made['id']}", {"state": "enabled"})
    assert ask.refusal("PATCH", url, {"isEnabled": True}).status == 400
    assert ask.get(url)["isEnabled"] is False


def ip(*ranges: str, **more: Any) -> JSON:
    rows = [
        {"@odata.type": f"#microsoft.graph.iPv{6 if ':' in one else 4}CidrRange", "cidrAddress": one} for one in ranges
    ]
    return {"@odata.type": "#microsoft.graph.ipNamedLocation", "displayName": "Office", "ipRanges": rows, **more}


def test_a_location_is_made_changed_and_deleted(ask: Asker) -> None:
    made = write(ask, "POST", LOCATIONS, ip("198.51.100.0/24", "2001:db8::/32", isTrusted=True)).body
    url = f"{LOCATIONS}/{made['id']}"
    assert "trusted" in refused(ask, {}, url, "DELETE")
    write(ask, "PATCH", url, ip("203.0.113.0/24", isTrusted=False))
    told = ask.get(url)
    assert [one["cidrAddress"] for one in told["ipRanges"]] == ["203.0.113.0/24"]
    used = write(ask, "POST", POLICIES, conditions(locations={"includeLocations": [made["id"]]})).body
    assert "is used by" in refused(ask, {}, url, "DELETE")
    write(ask, "DELETE", f"{POLICIES}/{used['id']}")
    assert write(ask, "DELETE", url).status == 204


def test_countries(ask: Asker) -> None:
    given = {"@odata.type": "#microsoft.graph.countryNamedLocation", "displayName": "Nordic"}
    made = write(ask, "POST", LOCATIONS, {**given, "countriesAndRegions": ["SE", "NO"]}).body
    assert made["includeUnknownCountriesAndRegions"] is False
    assert refused(ask, {**given, "countriesAndRegions": ["Sweden"]}, LOCATIONS)


@pytest.mark.parametrize(
    "given",
    [
        {"displayName": "x"},
        {**ip("198.51.100.0/24"), "@odata.type": "#microsoft.graph.compliantNetworkNamedLocation"},
        ip(),
        ip("198.51.100.0/33"),
        ip("198.51.100.0"),
        ip("198.51.100.0/24", displayName=""),
        ip("198.51.100.0/24", colour="red"),
        ip("198.51.100.0/24", isTrusted="yes"),
    ],
)
def test_what_is_no_location_is_refused(ask: Asker, given: JSON) -> None:
    assert refused(ask, given, LOCATIONS)
    assert ask.values(LOCATIONS) == []


def test_a_location_keeps_its_kind(ask: Asker) -> None:
    made = write(ask, "POST", LOCATIONS, ip("198.51.100.0/24")).body
    change = {"@odata.type": "#microsoft.graph.countryNamedLocation", "countriesAndRegions": ["SE"]}
    assert refused(ask, change, f"{LOCATIONS}/{made['id']}", "PATCH")
