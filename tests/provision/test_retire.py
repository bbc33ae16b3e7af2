"""`retire`: the old credential goes when the new one has proven itself, and no other ever does."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.openapi.log import check_log, report
from tests.provision.lab import Lab, as_it_should_be
from tests.provision.signs_in import signs_in
from tests.provision.test_kills import killed_at
from tests.provision.test_wrong_inputs import contents

FOREIGN = {
    "keyId": "11111111-1111-4111-8111-111111111111",
    "displayName": "Vendor",
    "secretText": "x" * 30,
    "startDateTime": "2026-01-01T00:00:00Z",
    "endDateTime": "2030-01-01T00:00:00Z",
}


def ids(lab: Lab) -> set[str]:
    return {c["keyId"] for c in lab.apps()[0]["passwordCredentials"]}


def foreign(lab: Lab) -> None:
    (app,) = lab.apps()
    lab.tenant.seed(applications=[{**app, "passwordCredentials": [*app["passwordCredentials"], FOREIGN]}])


@pytest.fixture
def rotated(lab: Lab) -> Lab:
    """Provisioned and rotated: two secrets of ours, and one of somebody else's."""
    lab.json("apply", "--yes")
    foreign(lab)
    lab.json("rotate", "--yes")
    assert len(ids(lab)) == 3
    return lab


def removed(lab: Lab, *args: str) -> list[dict[str, Any]]:
    (made,) = lab.json("retire", "contoso/telia", *args, "--yes")
    changes: list[dict[str, Any]] = made["changes"]
    return changes


def test_nothing_goes_before_the_grace_time_and_the_old_one_after_it(rotated: Lab) -> None:
    rotated.tenant.forget()
    done = rotated.run("retire", "contoso/telia", "--yes")
    assert done.returncode == 0
    assert "stays until" in done.stderr
    assert "24 hours after the new one" in done.stderr
    assert rotated.writes() == []
    rotated.tenant.advance("25h")
    (change,) = removed(rotated)
    assert (change["action"], change["object"], change["risk"]) == ("delete", "credential", "medium")
    assert change["permission"] == "Application.ReadWrite.All"
    assert ids(rotated) == {FOREIGN["keyId"], rotated.stored()["id"]}
    assert signs_in(rotated, rotated.apps()[0]["appId"], rotated.stored()["secret"])
    assert rotated.run("plan", "--exit-code").returncode == 0
    rotated.tenant.forget()
    assert removed(rotated) == []
    assert rotated.writes() == []


@pytest.mark.parametrize("args", [("--now",), ("--after", "0s")])
def test_at_once_when_the_user_says_so(rotated: Lab, args: tuple[str, ...]) -> None:
    assert len(removed(rotated, *args)) == 1
    assert ids(rotated) == {FOREIGN["keyId"], rotated.stored()["id"]}


def test_without_an_answer_nothing_goes(rotated: Lab) -> None:
    rotated.tenant.forget()
    done = rotated.run("retire", "--now")
    assert done.returncode == 2
    assert "Add --yes" in done.stderr
    assert rotated.writes() == []


def bad_secret(lab: Lab) -> None:
    path = lab.root / "secrets" / "telia"
    path.write_text(json.dumps({**lab.stored(), "secret": "not the value"}), encoding="utf-8")


def old_file(lab: Lab) -> None:
    path = lab.root / "integrations" / "contoso" / "telia.json"
    file = json.loads(path.read_text(encoding="utf-8"))
    old = next(iter(ids(lab) - {lab.stored()["id"], FOREIGN["keyId"]}))
    path.write_text(json.dumps({**file, "credential": {**file["credential"], "id": old}}), encoding="utf-8")


def no_file(lab: Lab) -> None:
    (lab.root / "integrations" / "contoso" / "telia.json").unlink()


def empty_store(lab: Lab) -> None:
    (lab.root / "secrets" / "telia").unlink()


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (bad_secret, "is refused (AADSTS7000215)"),
        (old_file, "the integration file, which the runner reads, names"),
        (no_file, "is not there"),
        (empty_store, "the store holds no working credential"),
    ],
)
def test_refused_while_the_runner_may_need_the_old_one(rotated: Lab, change: Any, text: str) -> None:
    change(rotated)
    before, had = contents(rotated.root), ids(rotated)
    done = rotated.run("retire", "contoso/telia", "--now", "--yes")
    assert done.returncode == 2, done.stderr
    assert text in done.stderr or "is not accepted" in done.stderr
    assert "Traceback" not in done.stderr
    assert ids(rotated) == had
    assert contents(rotated.root) == before


@pytest.mark.parametrize(
    ("args", "text"),
    [
        (("--after", "soon"), '--after: "soon" is not a duration'),
        (("--after", "-1h"), "is not a duration"),
        (("--after", "1h", "--now"), "exclude each other"),
    ],
)
def test_wrong_words(lab: Lab, args: tuple[str, ...], text: str) -> None:
    done = lab.run("retire", *args, "--yes")
    assert done.returncode == 2
    assert text in done.stderr


def test_one_that_a_colleague_made_later_stays(rotated: Lab) -> None:
    """Another workspace rotated after us: its secret is newer than the one in our store."""
    (app,) = rotated.apps()
    newer = {**FOREIGN, "keyId": "22222222-2222-4222-8222-222222222222", "startDateTime": "2099-01-01T00:00:00Z"}
    newer |= {"displayName": "tenantry-20261121T080000Z-abcdef-1", "endDateTime": "2100-01-01T00:00:00Z"}
    rotated.tenant.seed(applications=[{**app, "passwordCredentials": [*app["passwordCredentials"], newer]}])
    done = rotated.run("retire", "--now", "--yes")
    assert done.returncode == 0, done.stderr
    assert "is newer than the credential in the store" in done.stderr
    assert ids(rotated) == {FOREIGN["keyId"], newer["keyId"], rotated.stored()["id"]}


def test_a_certificate_is_retired_and_others_are_kept(tmp_path: Path, lab: Lab) -> None:
    path = lab.root / "tenantry.toml"
    text = path.read_text(encoding="utf-8").replace('profile = "telia-calendar"', 'profile = "calendar"')
    path.write_text(text.replace('kind = "secret"', 'kind = "certificate"'), encoding="utf-8")
    lab.json("apply", "--yes")
    first = lab.stored()["id"]
    lab.json("rotate", "--yes")
    assert {c["keyId"] for c in lab.apps()[0]["keyCredentials"]} == {first, lab.stored()["id"]}
    assert len(removed(lab, "--now")) == 1
    assert {c["keyId"] for c in lab.apps()[0]["keyCredentials"]} == {lab.stored()["id"]}


def test_what_goes_out_is_as_microsoft_describes_it(rotated: Lab) -> None:
    rotated.tenant.forget()
    removed(rotated, "--now")
    problems, _ = check_log(rotated.tenant.requests(bodies=True))
    assert not problems, report(problems)


@pytest.mark.slow
def test_killed_anywhere_and_run_again(rotated: Lab) -> None:
    for n in range(8, 60, 2):
        if not killed_at(rotated, n, "retire", "--now", "--yes"):
            break
        assert rotated.stored()["id"] in ids(rotated)
    removed(rotated, "--now")
    assert ids(rotated) == {FOREIGN["keyId"], rotated.stored()["id"]}
    assert n > 14
    rotated.json("apply", "--yes", "--prune")
    as_it_should_be(rotated)
