"""Certificates: made here, the list of others kept whole, rotated with overlap, clamped by policy, never lost."""

import base64
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509

from provision.apply.credential.certificate import self_signed
from tests.openapi.log import check_log, report
from tests.provision import planted
from tests.provision.lab import Lab
from tests.provision.test_kills import killed_at

FOREIGN = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def certified(lab: Lab) -> Lab:
    """A workspace that wishes for a certificate."""
    planted.workspace(lab, 'profile = "telia-calendar"', 'profile = "calendar"')
    planted.workspace(lab, 'kind = "secret"', 'kind = "certificate"')
    return lab


def keys(lab: Lab) -> list[dict[str, Any]]:
    """The app's certificates."""
    return list(planted.app(lab)["keyCredentials"])


def pem(lab: Lab) -> str:
    """The stored key and certificate."""
    return str(lab.stored()["certificate"])


def add_foreign(lab: Lab, days: int) -> dict[str, Any]:
    """Somebody else's certificate on the app; with negative days it has ended."""
    ours = planted.app(lab)
    end = datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)
    der, _ = self_signed("theirs", end - timedelta(days=100), end)
    entry = {"keyId": FOREIGN, "displayName": "theirs", "type": "AsymmetricX509Cert", "usage": "Verify"}
    entry |= {"key": base64.b64encode(der).decode(), "customKeyIdentifier": "VEhFSVJT"}
    entry |= {
        "startDateTime": f"{end - timedelta(days=100):%Y-%m-%dT%H:%M:%SZ}",
        "endDateTime": f"{end:%Y-%m-%dT%H:%M:%SZ}",
    }
    lab.tenant.seed(applications=[{**ours, "keyCredentials": [*ours["keyCredentials"], entry]}])
    return entry


def sent(lab: Lab) -> list[list[dict[str, Any]]]:
    """The lists of certificates that were written."""
    bodies = [r.get("requestBody") for r in lab.tenant.requests(bodies=True) if r["method"] == "PATCH"]
    found = [json.loads(body) if isinstance(body, str) else body for body in bodies if body]
    return [body["keyCredentials"] for body in found if "keyCredentials" in body]


def test_it_is_made_stored_and_dated_as_the_certificate_itself(certified: Lab) -> None:
    certified.json("apply", "--yes")
    (entry,) = keys(certified)
    assert planted.app(certified)["passwordCredentials"] == []
    assert certified.stored()["id"] == entry["keyId"]
    made = x509.load_der_x509_certificate(base64.b64decode(entry["key"]))
    assert datetime.fromisoformat(entry["startDateTime"]) == made.not_valid_before_utc
    assert datetime.fromisoformat(entry["endDateTime"]) == made.not_valid_after_utc
    assert x509.load_pem_x509_certificate(pem(certified).encode()) == made
    assert "PRIVATE KEY" in pem(certified)
    assert (certified.root / "secrets" / "telia").stat().st_mode & 0o777 == 0o600
    planted.restrict(certified, "switchboard@" + certified.tenant.ready["domain"])
    assert certified.json("plan", "--exit-code")[0]["changes"] == []
    assert all(link["ok"] for link in certified.json("verify")[0]["links"])
    problems, _ = check_log(certified.tenant.requests(bodies=True))
    assert not problems, report(problems)


@pytest.mark.parametrize("days", [200, -5])
def test_somebody_elses_goes_back_by_its_id_and_survives(certified: Lab, days: int) -> None:
    certified.json("apply", "--yes")
    foreign = add_foreign(certified, days)
    (drift,) = [d for d in certified.json("plan")[0]["drift"] if d["object"] == "credential"]
    assert drift["name"] == "theirs"
    certified.tenant.forget()
    certified.json("rotate", "--yes")
    (written,) = sent(certified)
    kept = next(entry for entry in written if entry.get("keyId") == FOREIGN)
    assert kept["key"] is None
    assert [entry for entry in written if entry.get("key")] == [entry for entry in written if not entry.get("keyId")]
    (left,) = [entry for entry in keys(certified) if entry["keyId"] == FOREIGN]
    assert left["key"] == foreign["key"]
    assert len(keys(certified)) == 3
    certified.json("apply", "--yes", "--prune")
    assert [entry["keyId"] for entry in keys(certified)] == [certified.stored()["id"]]


def test_rotation_overlaps(certified: Lab) -> None:
    certified.json("apply", "--yes")
    old = certified.stored()["id"]
    certified.json("rotate", "--yes")
    new = certified.stored()["id"]
    assert {entry["keyId"] for entry in keys(certified)} == {old, new}
    assert old != new
    assert certified.json("plan", "--exit-code")[0]["changes"] == []


def policy(lab: Lab, kind: str, life: str | None, *, own: bool) -> None:
    """A rule for credentials, of the tenant or of the app itself."""
    rule = {"restrictionType": kind, "state": "enabled", "maxLifetime": life}
    rule["restrictForAppsCreatedAfterDateTime"] = "2019-01-01T00:00:00Z"
    block = "keyCredentials" if "KeyLifetime" in kind else "passwordCredentials"
    if own:
        made = {"id": "policy-1", "displayName": "For this app", "isEnabled": True, "restrictions": {block: [rule]}}
        app = planted.app(lab)["id"]
        link = {"id": f"policy-1_{app}", "policyId": "policy-1", "objectId": app}
        lab.tenant.seed(appManagementPolicies=[made], appManagementPolicyAssignments=[link])
        return
    (default,) = lab.tenant.state("defaultAppManagementPolicy")
    lab.tenant.seed(
        defaultAppManagementPolicy=[{**default, "isEnabled": True, "applicationRestrictions": {block: [rule]}}]
    )


@pytest.mark.parametrize(("life", "days"), [("P30D", 30), ("P1M", 30), ("P2M", 60), ("P1Y", 180)])
def test_the_tenants_policy_shortens_it(certified: Lab, life: str, days: int) -> None:
    policy(certified, "asymmetricKeyLifetime", life, own=False)
    (change,) = [c for c in certified.json("plan")[0]["changes"] if c["object"] == "credential"]
    assert change["after"]["lifetime"] == f"{days}d"
    assert (f"allows {days} days at most" in change["reason"]) is (days < 180)
    certified.json("apply", "--yes")
    (entry,) = keys(certified)
    life_of = datetime.fromisoformat(entry["endDateTime"]) - datetime.fromisoformat(entry["startDateTime"])
    assert timedelta(days=days - 1) < life_of <= timedelta(days=days)


def test_a_policy_of_the_app_itself_replaces_the_tenants(lab: Lab) -> None:
    lab.json("apply", "--yes")
    policy(lab, "passwordAddition", None, own=False)
    done = lab.run("rotate", "--yes")
    assert done.returncode == 2
    assert "forbids new client secrets" in done.stderr
    policy(lab, "passwordLifetime", "P1M", own=True)
    done = lab.run("rotate", "--yes")
    assert done.returncode == 0, done.stderr
    assert "the app management policy 'For this app' allows 30 days at most" in re.sub(r"\s+", " ", done.stdout)


@pytest.mark.slow
def test_killed_anywhere_while_rotating_a_working_one_is_known(certified: Lab) -> None:
    certified.json("apply", "--yes")
    foreign = add_foreign(certified, 200)
    n = 0
    for n in range(18, 80, 3):
        if not killed_at(certified, n, "rotate", "--yes"):
            break
        on_app = {entry["keyId"]: entry for entry in keys(certified)}
        assert certified.stored()["id"] in on_app
        assert on_app[FOREIGN]["key"] == foreign["key"]
    assert n > 24
    certified.json("apply", "--yes")
    left = {entry["keyId"] for entry in keys(certified)}
    assert {certified.stored()["id"], FOREIGN} <= left
    certified.json("apply", "--yes", "--prune")
    assert [entry["keyId"] for entry in keys(certified)] == [certified.stored()["id"]]
