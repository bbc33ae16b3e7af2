"""`rotate` killed (SIGKILL, a real process) at every request: the runner's store always holds what signs in."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.provision.lab import Lab, as_it_should_be
from tests.provision.signs_in import signs_in
from tests.provision.test_kills import killed_at
from tests.tenant import simulated

pytestmark = pytest.mark.slow
FIRST = 14
"""Requests before this one only read."""


def keys(lab: Lab) -> dict[str, str]:
    """Credentials on the app: id and name."""
    (app,) = lab.apps()
    return {c["keyId"]: c["displayName"] for c in (*app["passwordCredentials"], *app["keyCredentials"])}


def known(lab: Lab) -> bool:
    """What the store holds is on the app, and the sign-in service takes it; what the file names is on the app too."""
    stored = lab.stored()
    file = json.loads((lab.root / "integrations" / "contoso" / "telia.json").read_text(encoding="utf-8"))
    there = keys(lab)
    works = "secret" not in stored or signs_in(lab, lab.apps()[0]["appId"], stored["secret"])
    return works and stored["id"] in there and file["credential"]["id"] in there


@pytest.mark.parametrize(("kind", "lag", "step"), [("secret", "0s", 1), ("secret", "45s", 3), ("certificate", "0s", 3)])
def test_at_every_request(tmp_path: Path, kind: str, lag: str, step: int) -> None:
    with simulated(users=5, seed=21, lag=lag) as tenant:
        lab = Lab(tmp_path / "work", tenant)
        if kind == "certificate":
            path = lab.root / "tenantry.toml"
            text = path.read_text(encoding="utf-8").replace('profile = "telia-calendar"', 'profile = "calendar"')
            path.write_text(text.replace('kind = "secret"', 'kind = "certificate"'), encoding="utf-8")
        lab.json("apply", "--yes")
        first, kills, n = lab.stored()["id"], 0, FIRST
        while killed_at(lab, n, "rotate", "--yes"):
            assert known(lab), f"killed at request {n}"
            assert first in keys(lab), "the old one is not a rotation's to remove"
            kills, n = kills + 1, n + step
            assert n < 400, "rotate never ended"
        assert kills > 5
        assert known(lab)
        lab.json("apply", "--yes")
        left = left_over(lab)
        assert left == [], "credentials whose value nobody knows"
        lab.json("retire", "--now", "--yes")
        assert set(keys(lab)) == {lab.stored()["id"]}
        assert known(lab)
        if kind == "secret":
            as_it_should_be(lab)


def left_over(lab: Lab) -> list[Any]:
    """Credentials of ours on the app that no store ever held, by the journal."""
    stored = set()
    for path in (lab.root / ".tenantry" / "journal").glob("*.jsonl"):
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        stored |= {
            e["id"] for e in lines if (e["object"], e["action"], e.get("outcome")) == ("credential", "store", "done")
        }
    return sorted(set(keys(lab)) - stored)
