"""Which policies apply to which sign-in, rule by rule."""

from dataclasses import replace
from typing import Any

import pytest

from simulator.conditional import Person, SignIn, Target, Workload, judge
from simulator.conditional.what import EXCHANGE, TEAMS
from tests.simulator.conditional.making import GUEST, ME, SIGN_IN, policy, told

JSON = dict[str, Any]
NOTHING: tuple[str, ...] = ()


def reasons(given: JSON, sign_in: SignIn = SIGN_IN) -> tuple[str, ...]:
    return judge(given, sign_in).reasons


def for_users(**users: Any) -> JSON:
    return policy(users=users)


def for_apps(**applications: Any) -> JSON:
    return policy(applications=applications)


def by(person: Person | Workload) -> SignIn:
    return replace(SIGN_IN, who=person)


def to(*apps: str, **target: str) -> SignIn:
    return replace(SIGN_IN, target=Target(frozenset(apps), **target))


def test_only_an_enabled_policy_is_enforced() -> None:
    assert judge(policy(), SIGN_IN).enforced
    report = judge(policy(state="enabledForReportingButNotEnforced"), SIGN_IN)
    assert report.applies
    assert not report.enforced
    assert reasons(policy(state="disabled")) == ("policyNotEnabled",)


def test_report_only_is_not_judged_for_user_actions() -> None:
    given = policy(
        state="enabledForReportingButNotEnforced",
        applications={"includeUserActions": ["urn:user:registersecurityinfo"]},
    )
    register = to(user_action="urn:user:registersecurityinfo")
    assert reasons(given, register) == ("policyNotEnabled",)
    assert reasons({**given, "state": "enabled"}, register) == NOTHING


@pytest.mark.parametrize(
    ("users", "who", "wanted"),
    [
        ({"includeUsers": ["All"]}, ME, True),
        ({"includeUsers": ["All"]}, GUEST, True),
        ({"includeUsers": ["None"]}, ME, False),
        ({"includeUsers": ["ME"]}, ME, True),
        ({"includeUsers": ["other"]}, ME, False),
        ({"includeUsers": ["GuestsOrExternalUsers"]}, ME, False),
        ({"includeUsers": ["GuestsOrExternalUsers"]}, GUEST, True),
        ({"includeGroups": ["outer"]}, ME, True),
        ({"includeRoles": ["role"]}, ME, True),
        ({"includeUsers": ["All"], "excludeUsers": ["me"]}, ME, False),
        ({"includeUsers": ["me"], "excludeGroups": ["outer"]}, ME, False),
        ({"includeUsers": ["me"], "excludeRoles": ["role"]}, ME, False),
        ({"includeUsers": ["All"], "excludeUsers": ["GuestsOrExternalUsers"]}, GUEST, False),
        ({"includeUsers": ["All"], "excludeUsers": ["GuestsOrExternalUsers"]}, ME, True),
        ({"includeUsers": ["All"], "excludeGroups": ["deleted"]}, ME, True),
        ({}, ME, False),
    ],
)
def test_users_groups_and_roles(users: JSON, who: Person, wanted: bool) -> None:
    assert judge(for_users(**users), by(who)).applies is wanted


ALL_TENANTS = {"membershipKind": "all"}


@pytest.mark.parametrize(
    ("kinds", "tenants", "who", "wanted"),
    [
        ("b2bCollaborationGuest,internalGuest", ALL_TENANTS, GUEST, True),
        ("b2bCollaborationMember", ALL_TENANTS, GUEST, False),
        ("b2bCollaborationMember", None, Person("m", kinds=frozenset({"b2bCollaborationMember"})), True),
        ("b2bCollaborationGuest", {"membershipKind": "enumerated", "members": ["Fabrikam"]}, GUEST, True),
        ("b2bCollaborationGuest", {"membershipKind": "enumerated", "members": ["contoso"]}, GUEST, False),
        ("internalGuest", {"membershipKind": "enumerated", "members": [""]}, ME, False),
    ],
)
def test_guests_by_type_and_home(kinds: str, tenants: JSON | None, who: Person, wanted: bool) -> None:
    listed = {"guestOrExternalUserTypes": kinds, "externalTenants": tenants}
    assert judge(for_users(includeGuestsOrExternalUsers=listed), by(who)).applies is wanted
    excluded = for_users(includeUsers=["All"], excludeGuestsOrExternalUsers=listed)
    assert judge(excluded, by(who)).applies is not wanted


def test_policies_for_workloads_and_for_people_do_not_meet() -> None:
    mine = {"includeServicePrincipals": ["ServicePrincipalsInMyTenant"]}
    given = policy("block", users={"includeUsers": ["None"]}, clientApplications=mine)
    assert reasons(given) == ("users",)
    assert reasons(given, by(Workload("sp", own=True))) == NOTHING
    assert reasons(given, by(Workload("sp", own=False))) == ("workloadIdentities",)
    assert reasons(policy("block"), by(Workload("sp", own=True))) == ("workloadIdentities",)
    mine["excludeServicePrincipals"] = ["sp"]
    assert reasons(given, by(Workload("sp", own=True))) == ("workloadIdentities",)


def test_a_policy_for_agents_is_for_no_person() -> None:
    given = policy("block", clientApplications={"includeAgentIdServicePrincipals": ["All"]})
    assert reasons(given) == ("users",)


@pytest.mark.parametrize(
    ("applications", "asked", "wanted"),
    [
        ({"includeApplications": ["All"]}, [EXCHANGE], NOTHING),
        ({"includeApplications": ["All"], "excludeApplications": [EXCHANGE]}, [EXCHANGE], ("application",)),
        ({"includeApplications": ["All"], "excludeApplications": [EXCHANGE]}, [EXCHANGE, TEAMS], NOTHING),
        ({"includeApplications": ["Office365"]}, [TEAMS], NOTHING),
        ({"includeApplications": ["All"], "excludeApplications": ["Office365"]}, [TEAMS], ("application",)),
        ({"includeApplications": ["Office365"]}, ["another"], ("application",)),
        ({"includeApplications": ["MicrosoftAdminPortals"]}, [EXCHANGE], ("application",)),
        ({"includeApplications": ["None"]}, [EXCHANGE], ("emptyPolicy",)),
        ({}, [EXCHANGE], ("emptyPolicy",)),
        ({"includeUserActions": ["urn:user:registerdevice"]}, [EXCHANGE], ("application",)),
        ({"includeAuthenticationContextClassReferences": ["c1"]}, [EXCHANGE], ("application",)),
        ({"applicationFilter": {"mode": "include", "rule": "x"}}, [EXCHANGE], ("notEnoughInformation",)),
    ],
)
def test_the_resource_decides(applications: JSON, asked: list[str], wanted: tuple[str, ...]) -> None:
    assert reasons(for_apps(**applications), to(*asked)) == wanted


def test_actions_and_contexts_are_targets_of_their_own() -> None:
    everything = policy()
    assert reasons(everything, to(user_action="urn:user:registerdevice")) == ("userActions",)
    assert reasons(everything, to(context="c1")) == ("authenticationContext",)
    assert reasons(for_apps(includeAuthenticationContextClassReferences=["c1"]), to(context="c1")) == NOTHING


@pytest.mark.parametrize(
    ("conditions", "facts", "wanted"),
    [
        ({"clientAppTypes": ["all"]}, {"client_app": None}, NOTHING),
        ({"clientAppTypes": ["exchangeActiveSync", "other"]}, {}, ("clientApps",)),
        ({"clientAppTypes": ["exchangeActiveSync"]}, {"client_app": "easSupported"}, NOTHING),
        ({"clientAppTypes": ["browser"]}, {"client_app": None}, ("notEnoughInformation",)),
        ({"platforms": {"includePlatforms": ["all"]}}, {"platform": None}, NOTHING),
        ({"platforms": {"includePlatforms": ["all"], "excludePlatforms": ["windows"]}}, {}, ("devicePlatform",)),
        ({"platforms": {"includePlatforms": ["iOS", "android"]}}, {"platform": "unknown"}, ("devicePlatform",)),
        ({"platforms": {"includePlatforms": ["iOS"]}}, {"platform": None}, ("notEnoughInformation",)),
        ({"locations": {"includeLocations": ["All"]}}, {"address": None}, NOTHING),
        ({"locations": {"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]}}, {}, ("location",)),
        (
            {"locations": {"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]}},
            {"address": "198.51.100.1"},
            NOTHING,
        ),
        (
            {"locations": {"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]}},
            {"address": None},
            ("notEnoughInformation",),
        ),
        ({"locations": {"includeLocations": ["OFFICE"]}}, {}, NOTHING),
        ({"locations": {"includeLocations": ["norway"]}}, {}, ("location",)),
        ({"locations": {"includeLocations": ["norway"]}}, {"country": "no"}, NOTHING),
        ({"locations": {"includeLocations": ["deleted"]}}, {}, ("location",)),
        ({"signInRiskLevels": ["high"]}, {"sign_in_risk": "medium"}, ("signInRisk",)),
        ({"signInRiskLevels": ["medium"]}, {"sign_in_risk": "high"}, ("signInRisk",)),
        ({"userRiskLevels": ["high"]}, {"user_risk": "high"}, NOTHING),
        ({"userRiskLevels": ["high"]}, {}, ("userRisk",)),
        ({"insiderRiskLevels": "minor,moderate"}, {"insider_risk": "elevated"}, ("insiderRisk",)),
        ({"insiderRiskLevels": "minor,moderate"}, {"insider_risk": "minor"}, NOTHING),
        ({"authenticationFlows": {"transferMethods": "deviceCodeFlow"}}, {"flow": "deviceCodeFlow"}, NOTHING),
        ({"authenticationFlows": {"transferMethods": "deviceCodeFlow"}}, {}, ("authenticationFlow",)),
        (
            {"authenticationFlows": {"transferMethods": "deviceCodeFlow,authenticationTransfer"}},
            {"flow": None},
            ("notEnoughInformation",),
        ),
    ],
)
def test_the_way_decides(conditions: JSON, facts: JSON, wanted: tuple[str, ...]) -> None:
    assert reasons(policy(**conditions), told(**facts)) == wanted


def test_conditions_are_joined_by_and_and_each_reason_is_told() -> None:
    given = policy(users={"includeUsers": ["other"]}, signInRiskLevels=["high"], clientAppTypes=["other"])
    assert set(reasons(given)) == {"users", "signInRisk", "clientApps"}


def test_a_policy_that_demands_nothing_is_invalid() -> None:
    assert reasons({**policy(), "grantControls": None}) == ("invalidPolicy",)
    assert reasons({**policy(), "grantControls": None, "sessionControls": {"signInFrequency": {}}}) == NOTHING
