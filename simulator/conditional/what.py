"""Whether a policy is about what is asked for: applications and their bundles, user actions, contexts."""

from typing import Any

from simulator.conditional.facts import Target

JSON = dict[str, Any]

EXCHANGE = "00000002-0000-0ff1-ce00-000000000000"
SHAREPOINT = "00000003-0000-0ff1-ce00-000000000000"
SKYPE = "00000004-0000-0ff1-ce00-000000000000"
TEAMS = "cc15fd57-2c6c-4117-a88c-83b1d56b4bbe"
BUNDLES = {
    "office365": frozenset({EXCHANGE, SHAREPOINT, SKYPE, TEAMS}),
    "microsoftadminportals": frozenset(
        {
            "c44b4083-3bb0-49c1-b47d-974e53cbdf3c",
            "00000006-0000-0ff1-ce00-000000000000",
            "497effe9-df71-4043-a8bb-14cf78c4b63b",
        }
    ),
}
"""Names that stand for several applications. Sources: concept-conditional-access-cloud-apps."""


def wrong_target(applications: JSON, target: Target) -> str:
    """The analysis reason why a policy is not about the target; empty where it is.

    Actions and contexts are other targets: a policy on them neither covers nor misses an application.
    """
    if target.user_action:
        return "" if target.user_action in (applications.get("includeUserActions") or ()) else "userActions"
    if target.context:
        named = applications.get("includeAuthenticationContextClassReferences") or ()
        return "" if target.context in named else "authenticationContext"
    inside = [one for one in target.applications if _named(applications, one)]
    if applications.get("applicationFilter"):  # asks for custom security attributes, which nobody told
        mode = str(applications["applicationFilter"].get("mode")).lower()
        return "notEnoughInformation" if mode == "include" or inside else "application"
    return "" if inside else "application"


def is_empty(applications: JSON) -> bool:
    """A policy without a target is an empty one, not one for everything."""
    kinds = ("includeApplications", "includeUserActions", "includeAuthenticationContextClassReferences")
    named = {str(one).lower() for kind in kinds for one in applications.get(kind) or ()}
    return not named - {"none"} and not applications.get("applicationFilter")


def _named(applications: JSON, app_id: str) -> bool:
    include = {str(one).lower() for one in applications.get("includeApplications") or ()}
    exclude = {str(one).lower() for one in applications.get("excludeApplications") or ()}
    return _among(include, app_id) and not _among(exclude - {"all"}, app_id)


def _among(named: set[str], app_id: str) -> bool:
    bundled = any(app_id in BUNDLES[name] for name in named & BUNDLES.keys())
    return "all" in named or app_id in named or bundled
