"""The sign-in log: every attempt of a person becomes a row of `auditLogs/signIns`, with what each policy did."""

import contextlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from simulator.conditional import Verdict, unmet
from simulator.signin.access import Attempt
from simulator.signin.conditional import Judged, answer_of
from simulator.signin.errors import SignInError

JSON = dict[str, Any]

CLIENTS = {"browser": "Browser"}
OTHER_CLIENT = "Mobile Apps and Desktop clients"
CONTROLS = {"mfa": "Mfa", "block": "Block", "compliantDevice": "RequireCompliantDevice"}
SYSTEMS = {"windows": "Windows", "macOS": "MacOs", "iOS": "Ios", "android": "Android", "linux": "Linux"}


@dataclass
class Line:
    """What comes to be known during an attempt."""

    attempt: Attempt
    person: JSON | None = None
    judged: Judged | None = None


@contextlib.contextmanager
def written(attempt: Attempt) -> Iterator[Line]:
    """Writes the row when the block ends, with the error's number where it fails. Nobody known, nothing written."""
    line = Line(attempt)
    try:
        yield line
    except SignInError as fault:
        _write(line, fault)
        raise
    _write(line, None)


def _write(line: Line, fault: SignInError | None) -> None:
    if line.person is None:
        return
    attempt, tenant = line.attempt, line.attempt.tenant
    applied = [_applied(one, line) for one in line.judged.verdicts] if line.judged is not None else []
    results = {row["result"] for row in applied}
    outcome = "failure" if "failure" in results else "success" if "success" in results else "notApplied"
    row = {
        "id": str(uuid.uuid4()),
        "createdDateTime": tenant.stamp(),
        "correlationId": str(uuid.uuid4()),
        "userId": line.person["id"],
        "userDisplayName": line.person.get("displayName"),
        "userPrincipalName": str(line.person.get("userPrincipalName")).lower(),
        "appId": attempt.client.app_id,
        "appDisplayName": attempt.client.name,
        "resourceId": attempt.wanted.resource["appId"],
        "resourceDisplayName": attempt.wanted.resource.get("displayName"),
        "resourceTenantId": tenant.id,
        "homeTenantId": tenant.id,
        "clientAppUsed": CLIENTS.get(attempt.flow, OTHER_CLIENT),
        "isInteractive": True,
        "appliedConditionalAccessPolicies": applied,
        "conditionalAccessStatus": outcome,
        "status": _status(line, fault),
        **_where(line),
        **_no_risk(),
    }
    tenant.collection("signIns").put(row, at_once=True)


def _status(line: Line, fault: SignInError | None) -> JSON:
    second = line.judged is not None and line.judged.second_factor
    details = "MFA requirement satisfied by claim in the token" if second and fault is None else None
    text = "Other." if fault is None else fault.text
    return {"errorCode": 0 if fault is None else fault.code, "failureReason": text, "additionalDetails": details}


def _where(line: Line) -> JSON:
    visitor, tenant = line.attempt.visitor, line.attempt.tenant
    place = {"city": tenant.organization.get("city"), "state": None, "geoCoordinates": None}
    device = dict.fromkeys(("deviceId", "displayName", "browser", "trustType"))
    return {
        "ipAddress": visitor.address,
        "userAgent": visitor.agent,
        "location": place | {"countryOrRegion": tenant.organization.get("countryLetterCode")},
        "deviceDetail": {
            **device,
            "operatingSystem": SYSTEMS.get(visitor.platform),
            "isCompliant": False,
            "isManaged": False,
        },
    }


def _no_risk() -> JSON:
    nothing = ("riskDetail", "riskLevelAggregated", "riskLevelDuringSignIn", "riskState")
    return {**dict.fromkeys(nothing, "none"), "riskEventTypes": [], "riskEventTypes_v2": []}


def _applied(verdict: Verdict, line: Line) -> JSON:
    policy = verdict.policy
    grant = policy.get("grantControls") or {}
    controls = [CONTROLS.get(str(one), str(one)) for one in grant.get("builtInControls") or ()]
    if grant.get("authenticationStrength"):
        controls.append("AuthenticationStrength")
    return {
        "id": policy["id"],
        "displayName": policy.get("displayName"),
        "enforcedGrantControls": controls if verdict.applies else [],
        "enforcedSessionControls": [],
        "result": _result(verdict, line),
    }


def _result(verdict: Verdict, line: Line) -> str:
    state = verdict.policy.get("state")
    if state == "disabled":
        return "notEnabled"
    met = not unmet(verdict.policy, answer_of(line.attempt.flow, line.attempt.methods), {})
    word = "notApplied" if not verdict.applies else "success" if met else "failure"
    return word if state == "enabled" else f"reportOnly{word[:1].upper()}{word[1:]}"
