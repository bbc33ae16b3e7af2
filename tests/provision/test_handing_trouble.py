"""Handing on under trouble: faults, lag and kills between the operator's part and the administrator's."""

import json
import time
from pathlib import Path

import pytest

from tests.provision.admin import accept, granted, with_only
from tests.provision.lab import Lab, as_it_should_be
from tests.provision.test_adopt import APP as THEIRS
from tests.provision.test_adopt import app_of, theirs
from tests.provision.test_kills import killed_at
from tests.provision.test_split import OWNED
from tests.provision.test_vendor_app import APP, REDIRECT, WANTED
from tests.provision.users_lab import UsersLab
from tests.tenant import simulated

pytestmark = pytest.mark.slow
MINE = ("apply", "--mine", "--yes")


def until(lab: Lab, code: int, *args: str) -> int:
    """Runs up to three times until it ends with that code; how often."""
    for tries in (1, 2, 3):
        done = lab.run(*args)
        assert done.returncode in (code, 4), done.stderr
        if done.returncode == code and (code != 4 or "Left to others" in done.stderr):
            return tries
    pytest.fail(f"not {code} after three: {done.stderr}")


def link_of(lab: Lab) -> str:
    for _ in range(3):
        done = lab.run("consent-link", "--yes", "-o", "json")
        if done.returncode == 0:
            return str(json.loads(done.stdout)[0]["url"])
    pytest.fail(done.stderr)


@pytest.mark.parametrize("seed", [3, 17])
def test_mine_and_the_rest_with_faults_and_lag(tmp_path: Path, seed: int) -> None:
    with simulated(users=5, seed=seed, lag="60s") as tenant:
        lab = Lab(tmp_path / "work", tenant)
        with_only(lab, *OWNED)
        tenant.advance("2m")
        tenant.fault(rate=0.3, seed=seed, kinds=["429", "500", "503", "504", "cut", "cut-after", "lag-miss"])
        until(lab, 4, *MINE)
        link = link_of(lab)
        tenant.end_faults()
        tenant.advance("2m")  # the sign-in service's replicas learn the address
        accept(lab, link)
        tenant.fault(rate=0.3, seed=seed + 1, kinds=["429", "500", "503", "504", "cut", "cut-after", "lag-miss"])
        until(lab, 0, "apply", "--yes")
        tenant.end_faults()
        as_it_should_be(lab)
        assert lab.apps()[0]["web"]["redirectUris"] == []


@pytest.mark.parametrize("n", [12, 16, *range(18, 34, 2)])
def test_mine_killed_and_run_again(lab: Lab, n: int) -> None:
    with_only(lab, *OWNED)
    lab.tenant.fault("hang", nth=n)
    process = lab.begin(*MINE)
    while process.poll() is None and not lab.tenant.get("/faults")["held"]:
        time.sleep(0.03)
    process.kill()
    process.communicate()
    lab.tenant.end_faults()
    assert lab.run(*MINE).returncode == 4
    accept(lab, link_of(lab))
    lab.json("apply", "--yes")
    as_it_should_be(lab)


def test_consent_link_killed_anywhere(lab: Lab) -> None:
    with_only(lab, *OWNED)
    assert lab.run(*MINE).returncode == 4
    (app,) = lab.apps()
    lab.tenant.seed(applications=[{**app, "web": {**app["web"], "redirectUris": []}}])
    for n in range(2, 60, 2):
        if not killed_at(lab, n, "consent-link", "--yes"):
            break
    assert n > 10
    assert len(lab.apps()[0]["web"]["redirectUris"]) == 1
    accept(lab, link_of(lab))
    lab.json("apply", "--yes")
    as_it_should_be(lab)


def test_the_vendors_app_with_faults_and_lag(tmp_path: Path) -> None:
    with simulated(users=5, seed=9, lag="60s") as tenant:
        options = f'vendor_app = "{APP}", vendor_redirect = "{REDIRECT}"'
        lab = UsersLab(tmp_path / "work", tenant, options=options, more="# no credential")
        until(lab, 4, "apply", "--yes")
        accept(lab, link_of(lab))
        tenant.fault(rate=0.3, seed=5, kinds=["429", "500", "503", "504", "cut", "cut-after", "lag-miss"])
        until(lab, 0, "apply", "--yes")
        tenant.end_faults()
        assert granted(lab, APP) == WANTED
        assert lab.json("plan", "--exit-code")[0]["changes"] == []


@pytest.mark.parametrize("seed", [2, 6])
def test_adoption_and_giving_back_with_faults_and_lag(tmp_path: Path, seed: int) -> None:
    with simulated(users=5, seed=seed, lag="60s") as tenant:
        lab = Lab(tmp_path / "work", tenant)
        theirs(lab)
        tenant.advance("2m")
        before = app_of(lab)
        tenant.fault(rate=0.3, seed=seed, kinds=["429", "500", "503", "504", "cut", "cut-after", "lag-miss"])
        until(lab, 0, "adopt", "contoso/telia", "--app-id", THEIRS, "--yes")
        until(lab, 0, "apply", "--yes")
        until(lab, 0, "rotate", "--yes")
        until(lab, 0, "destroy", "--yes")
        tenant.end_faults()
        after = app_of(lab)
        for name in ("tags", "notes", "passwordCredentials", "uniqueName", "displayName"):
            assert after[name] == before[name], name
