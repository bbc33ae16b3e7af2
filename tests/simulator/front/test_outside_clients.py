"""Programs that nobody here wrote, through a company's proxy, under Microsoft's own names."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.openapi.log import check_log, report
from tests.simulator.front.proxy import proxy
from tests.tenant import ROOT, SimulatedTenant, start


@pytest.fixture(scope="module")
def tenant() -> Iterator[SimulatedTenant]:
    with start(users=60) as simulated:
        yield simulated


@pytest.fixture(scope="module")
def seen(tenant: SimulatedTenant) -> dict[str, Any]:
    """What the program saw."""
    ready = tenant.ready
    ports = {
        "login.microsoftonline.com": int(ready["login"].rpartition(":")[2]),
        "graph.microsoft.com": int(ready["graph"].rpartition(":")[2]),
    }
    with proxy(ports) as url:
        names = {"HTTPS_PROXY": url, "SSL_CERT_FILE": ready["ca"], "REQUESTS_CA_BUNDLE": ready["ca"]}
        kept = {key: value for key, value in os.environ.items() if "proxy" not in key.lower()}
        program = Path(__file__).with_name("outside.py")
        done = subprocess.run(
            [sys.executable, str(program)],
            env=kept | names | tenant.environment(),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_it_lists_users_and_groups(tenant: SimulatedTenant, seen: dict[str, Any]) -> None:
    assert seen["people"] == len(tenant.state("users")) == 61
    mailed = [row for row in tenant.state("groups") if str(row["mail"]).endswith(".com")]
    assert seen["groups"] == len(mailed) > 0


def test_it_makes_changes_and_deletes_an_application(tenant: SimulatedTenant, seen: dict[str, Any]) -> None:
    assert seen["own"] > 0  # the new secret works at once: no lag here
    assert seen["refused"] == [403, "Authorization_RequestDenied"]
    assert set(seen["scope"].split()) == {"User.Read", "Calendars.Read"}
    assert (seen["assigned"], seen["left"]) == (["Outside"], 0)
    assert (seen["notes"], seen["declared"], len(seen["secrets"])) == ("changed outside", 0, 1)
    assert seen["deleted"] == ["Outside"]
    assert not [row for row in tenant.state("applications") if row["appId"] == seen["app"]]
    assert not [row for row in tenant.state("oauth2PermissionGrants") if row["scope"] == "Calendars.Read"]


def test_links_were_microsofts(tenant: SimulatedTenant, seen: dict[str, Any]) -> None:
    assert seen
    asked = {line["url"].partition("/v1.0")[0] for line in tenant.requests() if "/v1.0/" in line["url"]}
    assert asked == {"https://graph.microsoft.com"}


@pytest.mark.shared
def test_requests_and_answers_are_as_described(tenant: SimulatedTenant, seen: dict[str, Any]) -> None:
    assert seen
    problems, tally = check_log(tenant.requests(bodies=True))
    assert not problems, report(problems)
    assert tally["POST /applications/{application-id}/addPassword"] == 1
