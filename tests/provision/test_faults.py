"""Thirty requests in a hundred fail, replicas lag a minute: one apply, or up to three that say so."""

from pathlib import Path

import pytest

from tests.provision.lab import Lab, as_it_should_be
from tests.tenant import SimulatedTenant, simulated

pytestmark = pytest.mark.slow


def applied(lab: Lab) -> list[int]:
    """The exit codes of up to three `apply`, each asked for by the one before."""
    codes: list[int] = []
    while len(codes) < 3 and (not codes or codes[-1] == 4):
        done = lab.run("apply", "--yes")
        codes.append(done.returncode)
        assert done.returncode in (0, 4), done.stderr
        assert done.returncode == 0 or "Run the same command again" in done.stderr
    return codes


def share(tenant: SimulatedTenant) -> float:
    log = tenant.requests()
    return sum(bool(request["fault"]) for request in log) / len(log)


@pytest.mark.parametrize("seed", [1, 5, 8, 24])
def test_thirty_percent_and_a_minute_of_lag(tmp_path: Path, seed: int) -> None:
    with simulated(users=10, seed=seed, lag="60s", faults=0.3) as tenant:
        lab = Lab(tmp_path / "work", tenant)
        assert applied(lab)[-1] == 0
        as_it_should_be(lab)
        assert share(tenant) > 0.15


@pytest.mark.parametrize("kind", ["cut-after", "500", "504", "timeout", "cut"])
def test_add_password_without_an_answer_leaves_no_orphan(lab: Lab, kind: str) -> None:
    lab.tenant.fault(kind, rate=1, limit=2, match="addPassword")
    assert applied(lab)[-1] == 0
    as_it_should_be(lab)
    assert [r["fault"] for r in lab.tenant.requests() if "addPassword" in r["url"]] == [kind, kind, None]


WRITES = [r"PATCH /applications\(", r"PATCH /servicePrincipals\(", "POST .*owners", "POST .*appRoleAssignments"]


@pytest.mark.parametrize("match", WRITES)
def test_a_write_without_an_answer_is_made_once(lab: Lab, match: str) -> None:
    lab.tenant.fault("cut-after", rate=1, limit=1, match=match)
    assert applied(lab) == [0]
    as_it_should_be(lab)


def test_remove_password_without_an_answer(lab: Lab) -> None:
    lab.json("apply", "--yes")
    lab.json("rotate", "--yes")
    lab.tenant.fault("cut-after", rate=1, limit=1, match="removePassword")
    lab.json("apply", "--yes", "--prune")
    as_it_should_be(lab)


@pytest.mark.parametrize("store", ["Deaf", "Forgetful"])
def test_a_store_that_fails_takes_the_new_secret_away_again(lab: Lab, store: str) -> None:
    path = lab.root / "tenantry.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('kind = "file", path = ', 'kind = "keyring", name = '), encoding="utf-8")
    lab.variables["PYTHON_KEYRING_BACKEND"] = f"tests.provision.keyrings.{store}"
    done = lab.run("apply", "--yes")
    assert done.returncode == 4, done.stderr
    assert "is removed again" in done.stderr
    assert lab.apps()[0]["passwordCredentials"] == []
    path.write_text(text, encoding="utf-8")
    assert applied(lab)[-1] == 0
    as_it_should_be(lab)


def test_a_token_endpoint_that_does_not_answer_ends_in_run_again(lab: Lab) -> None:
    lab.tenant.fault("503", rate=1, match="oauth2/v2.0/token")
    done = lab.run("apply", "--yes")
    assert done.returncode == 4, done.stderr
    assert lab.writes() == []
    lab.tenant.end_faults()
    assert applied(lab) == [0]
