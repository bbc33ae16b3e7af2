"""Whether a sign-in happens in a way that a policy is for: client, platform, place, risk, device, flow.

Each function answers True, False, or None where the fact was not told.
"""

from typing import Any

from simulator.conditional.device import matches
from simulator.conditional.facts import Conditions, SignIn
from simulator.conditional.who import words

JSON = dict[str, Any]


def client(conditions: JSON, told: Conditions) -> bool | None:
    """The kind of client; `all` holds each."""
    kinds = set(conditions.get("clientAppTypes") or ["all"])
    if "all" in kinds:
        return True
    if told.client_app is None:
        return None
    same = {"easSupported", "exchangeActiveSync"}
    return bool(kinds & (same if told.client_app in same else {told.client_app}))


def platform(conditions: JSON, told: Conditions) -> bool | None:
    """The device platform, as its user agent says; one that nobody lists slips past a listed set."""
    given = conditions.get("platforms") or {}
    include, exclude = set(given.get("includePlatforms") or ()), set(given.get("excludePlatforms") or ())
    if not include or (include == {"all"} and not exclude):
        return True
    if told.platform is None:
        return None
    return ("all" in include or told.platform in include) and told.platform not in exclude


def place(conditions: JSON, sign_in: SignIn) -> bool | None:
    """The location; excluding `AllTrusted` exempts only what comes from there."""
    given = conditions.get("locations") or {}
    include, exclude = list(given.get("includeLocations") or ()), list(given.get("excludeLocations") or ())
    if not include and not exclude:
        return True
    left_out = _anywhere(exclude, sign_in)
    inside = _anywhere(include, sign_in)
    if left_out or inside is False:
        return False
    return None if None in (left_out, inside) else True


def _anywhere(named: list[str], sign_in: SignIn) -> bool | None:
    answers: list[bool | None] = []
    for name in named:
        if name == "All":
            return True
        if name == "AllTrusted":
            answers += [one.holds(sign_in.conditions) for one in sign_in.places.values() if one.trusted]
        elif name.lower() in sign_in.places:  # a deleted location holds nobody
            answers.append(sign_in.places[name.lower()].holds(sign_in.conditions))
    if True in answers:
        return True
    return None if None in answers else False


def level(listed: Any, told: str | None) -> bool | None:
    """A risk level: a set of levels, not "at least"."""
    wanted = set(listed) if isinstance(listed, list) else words(listed)
    if not wanted:
        return True
    return None if told is None else told in wanted


def device(conditions: JSON, told: Conditions) -> bool | None:
    """The filter for devices, which includes or excludes what its rule matches."""
    rule = (conditions.get("devices") or {}).get("deviceFilter")
    if not rule:
        return True
    if told.device is None:
        return None
    found = matches(str(rule.get("rule")), told.device)
    if found is None:
        return None
    return found if str(rule.get("mode")).lower() == "include" else not found


def flow(conditions: JSON, told: Conditions) -> bool | None:
    """The authentication flow: device code, or transfer from another device."""
    wanted = words((conditions.get("authenticationFlows") or {}).get("transferMethods")) - {"none"}
    if not wanted:
        return True
    return None if told.flow is None else told.flow in wanted
