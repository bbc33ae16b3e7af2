"""The commands in this process, against a simulated tenant: answers, exit codes, and wrong inputs."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tenantry.cli.main import run
from tests.sync.tenant import SECRET, grant, integrate, records, withdraw
from tests.tenant import SimulatedTenant, simulated


@pytest.fixture(scope="module")
def tenant() -> Iterator[SimulatedTenant]:
    with simulated(users=15, start="2026-11-23T07:00:00Z", seed=4) as made:
        yield made


@pytest.fixture
def place(tenant: SimulatedTenant, tmp_path: Path) -> Path:
    return integrate(tenant, tmp_path)


def command(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    """Runs `tenantry sync …` and returns what it printed as data."""
    capsys.readouterr()
    got = run(["sync", *words])
    out, err = capsys.readouterr()
    assert got == code, out + err
    assert "Traceback" not in err
    assert SECRET not in out + err
    return out


def answer(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> Any:
    """The same, decoded."""
    return json.loads(command(capsys, *words, "-o", "json", code=code))


def test_the_chain_of_commands(tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here = ("-w", str(tmp_path))
    (checked,) = answer(capsys, "check", *here)
    assert {link["link"]: link["ok"] for link in checked["links"]} == {
        "required": True,
        "granted": True,
        "scoped": True,
        "credential": True,
        "addresses": True,
        "state": None,
    }
    assert not (tmp_path / ".tenantry").exists()
    assert answer(capsys, "status", *here, code=3)[0]["link"] == "state"
    assert "yes" in command(capsys, "once", "contoso/telia", *here)
    (stands,) = answer(capsys, "status", "contoso", *here)
    told = {record["key"] for record in records(tmp_path)}
    assert (stands["ok"], stands["people"]["matched"]) == (True, len(told))
    assert "Syncing" not in command(capsys, "run", "--for", "1h", *here)
    (explained,) = answer(capsys, "explain", min(told), "--at", "2026-11-23T09:00:00+01:00", *here)
    assert (explained["key"], explained["at"]) == (min(told), "2026-11-23T08:00:00Z")
    assert "Taken:" in command(capsys, "explain", min(told), *here)
    assert "key,start,end" in command(capsys, "explain", min(told), *here, "-o", "csv")
    (gone,) = answer(capsys, "forget", min(told), *here)
    assert (gone["forgotten"], gone["returns"]) == ([min(told)], True)
    command(capsys, "forget", min(told), *here, code=2)
    traces = [p for p in (tmp_path / ".tenantry").rglob("*") if p.is_file() and min(told).encode() in p.read_bytes()]
    assert traces == []
    command(capsys, "once", *here)
    again = [record for record in records(tmp_path) if record["key"] == min(told)]
    assert [record["sequence"] for record in again] == sorted({record["sequence"] for record in again})


def test_a_file_that_lies_anywhere_works_with_its_own_folder(
    tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    moved = tmp_path / "elsewhere" / "telia.json"
    moved.parent.mkdir()
    place.rename(moved)
    (tmp_path / "secrets").rename(moved.parent / "secrets")
    command(capsys, "once", "--integration", str(moved))
    assert (moved.parent / "availability.jsonl").exists()
    assert (moved.parent / ".tenantry" / "sync" / "contoso" / "telia.sqlite").exists()


def test_a_round_that_fails_is_partly_done_and_a_credential_that_is_gone_is_told(
    tenant: SimulatedTenant, tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here = ("-w", str(tmp_path))
    command(capsys, "once", *here)
    withdraw(tenant)
    tenant.advance("61m")
    command(capsys, "once", *here, code=4)
    (stands,) = answer(capsys, "status", *here, code=3)
    assert stands["link"] == "granted"
    links = {link["link"]: link["ok"] for link in answer(capsys, "check", *here, code=3)[0]["links"]}
    assert (links["granted"], links["state"]) == (False, False)
    for name in ("User.Read.All", "Calendars.Read"):
        grant(tenant, name)
    command(capsys, "once", *here)
    (tmp_path / "secrets" / "telia").unlink()
    command(capsys, "once", *here, code=2)
    assert answer(capsys, "check", *here, code=3)[0]["links"][3]["ok"] is False


def test_a_loss_is_believed_when_a_person_says_so(
    tenant: SimulatedTenant, tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here = ("-w", str(tmp_path))
    command(capsys, "once", *here)
    users = tenant.state("users")
    tenant.delete("/state/users")
    tenant.seed(users=users[:4])
    command(capsys, "once", *here, code=4)
    assert answer(capsys, "status", *here, code=3)[0]["link"] == "addresses"
    command(capsys, "once", "--accept-loss", *here)
    assert answer(capsys, "status", *here)[0]["people"]["matched"] <= 4
    tenant.seed(users=users)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["status", "contosso"], 'Did you mean "contoso"'),
        (["status", "fabrikam/pbx"], "contoso/telia"),
        (["run", "--for", "soon"], "not a duration"),
        (["run", "--for", "0s"], "--for"),
        (["run", "--users-every", "1"], "--users-every"),
        (["run", "--calendars-every", "-1h"], "--calendars-every"),
        (["run", "--retention", "x"], "--retention"),
        (["explain", "a@b", "--at", "noon"], "--at"),
        (["explain"], "ADDRESS"),
        (["once", "--integration", "nowhere.json"], "nowhere.json"),
        (["check", "contoso", "--integration", "{place}"], "do not go together"),
        (["forget", "nobody@contoso.com"], "Nobody is known"),
        (["dance"], "dance"),
    ],
)
def test_wrong_words_get_one_clear_sentence(
    place: Path, tmp_path: Path, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [word.replace("{place}", str(place)) for word in words]
    code = run(["sync", *words, *([] if words == ["dance"] else ["-w", str(tmp_path)])])
    _, err = capsys.readouterr()
    assert code == 2
    assert said in err
    assert err.count("Error:") == 1
    assert not (tmp_path / ".tenantry").exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"time_zone": "Mars/Olympus"}, "Mars/Olympus"),
        ({"time_zone": "../etc/passwd"}, "time zone"),
        ({"version": 9}, "version 9"),
        ({"sinks": [{"kind": "sql"}]}, "kind sql"),
        ({"sinks": [{"kind": "webhook", "url": "http://pbx.example"}]}, "https"),
        ({"rules": {"private": "maybe"}}, "$.rules.private"),
        ({"credential": None}, "no credential"),
    ],
)
def test_a_wrong_file_gets_one_clear_sentence(
    place: Path, tmp_path: Path, changes: dict[str, Any], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    body = json.loads(place.read_text(encoding="utf-8"))
    place.write_text(json.dumps(body | changes), encoding="utf-8")
    code = run(["sync", "once", "-w", str(tmp_path)])
    _, err = capsys.readouterr()
    assert (code, said in err, err.count("Error:")) == (2, True, 1)
    assert not list(tmp_path.rglob("*.sqlite"))


def test_no_file_at_all_and_two_bad_ones_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sync", "status", "-w", str(tmp_path)]) == 2
    assert "no integration file" in capsys.readouterr().err
    folder = tmp_path / "integrations" / "contoso"
    folder.mkdir(parents=True)
    (folder / "a.json").write_text("{", encoding="utf-8")
    (folder / "b.json").write_text("[]", encoding="utf-8")
    assert run(["sync", "status", "-w", str(tmp_path)]) == 2
    assert capsys.readouterr().err.count("Error:") == 2


def test_two_runners_do_not_share_a_store(tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from filelock import FileLock

    lock = tmp_path / ".tenantry" / "sync" / "contoso" / "telia.sqlite.lock"
    lock.parent.mkdir(parents=True)
    with FileLock(lock):
        command(capsys, "once", "-w", str(tmp_path), code=2)
    command(capsys, "once", "-w", str(tmp_path))
