"""What the tenant's app management policy means for our credential: shorten its life, or stop with the way out.

Source: learn.microsoft.com/graph/api/resources/applicationauthenticationmethodpolicy. A policy on the app replaces the
tenant's wholly; `restrictForAppsCreatedAfterDateTime` compares with the app's own creation.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from provision.model.actual import CredentialPolicy

_DURATION = re.compile(
    r"P(?:(?P<Y>\d+)Y)?(?:(?P<M>\d+)M)?(?:(?P<W>\d+)W)?(?:(?P<D>\d+)D)?"
    r"(?:T(?:(?P<h>\d+)H)?(?:(?P<m>\d+)M)?(?:(?P<s>\d+)(?:\.\d+)?S)?)?$"
)
_DAYS = {"Y": 365, "M": 30, "W": 7, "D": 1}


def days(duration: str | None) -> int | None:
    """Whole days in an ISO 8601 duration, months and years taken at their shortest; None where it is none."""
    found = _DURATION.match(duration or "")
    if not found or duration in ("P", "PT"):
        return None
    return sum(_DAYS[unit] * int(n) for unit, n in found.groupdict().items() if n and unit in _DAYS)


def understand(
    restrictions: Mapping[str, Any] | None, created: datetime, source: str, *, enabled: bool
) -> CredentialPolicy:
    """The limits in one policy's `restrictions` (or `applicationRestrictions`) for an app created then."""
    if not enabled or not restrictions:
        return CredentialPolicy()
    secrets = list(_in_force(restrictions.get("passwordCredentials"), created))
    certificates = list(_in_force(restrictions.get("keyCredentials"), created))
    return CredentialPolicy(
        secrets=not any(rule.get("restrictionType") == "passwordAddition" for rule in secrets),
        longest_secret=_shortest(secrets, "passwordLifetime"),
        longest_certificate=_shortest(certificates, "asymmetricKeyLifetime"),
        source=source,
    )


def allowed_days(kind: str, wished: int, policy: CredentialPolicy) -> int:
    """The life in days that a new credential of that kind may have."""
    longest = policy.longest_secret if kind == "secret" else policy.longest_certificate
    return wished if longest is None else min(wished, longest)


def refusal(kind: str, policy: CredentialPolicy) -> tuple[str, str] | None:
    """Why no such credential can be made at all, and what an administrator can do; None where it can."""
    if kind == "secret" and not policy.secrets:
        what = f"{policy.source} forbids new client secrets (passwordAddition)."
    elif allowed_days(kind, 1, policy) < 1:
        what = f"{policy.source} allows a {kind} less than a day."
    else:
        return None
    fix = (
        "Use a certificate where the profile takes one, or have a Security Administrator who is also Cloud Application "
        "Administrator exempt this app with an app management policy of its own."
    )
    return what, fix


def _in_force(rules: Iterable[Mapping[str, Any]] | None, created: datetime) -> Iterable[Mapping[str, Any]]:
    for rule in rules or ():
        after = rule.get("restrictForAppsCreatedAfterDateTime")
        if rule.get("state", "enabled") == "enabled" and (after is None or _time(after) <= created):
            yield rule


def _shortest(rules: Iterable[Mapping[str, Any]], restriction: str) -> int | None:
    lives = [days(rule.get("maxLifetime")) for rule in rules if rule.get("restrictionType") == restriction]
    return min((life for life in lives if life is not None), default=None)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
