"""`tenantry simulate` as a process: its ready line, its end, its state file, and its wrong inputs."""

import json
import os
import signal
import ssl
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from simulator import parents
from simulator.clock import SimClock, parse_time
from simulator.serve import Options, make_world
from simulator.state import StateError, load, save
from simulator.world import World
from tests.tenant import ROOT, SimulatedTenant, start


def test_the_ready_line_is_as_the_contract_has_it() -> None:
    with start(users=3, start="2026-11-21T08:00:00Z") as tenant:
        ready = tenant.ready
        assert set(ready) == {"login", "graph", "ca", "tenantId", "domain", "operator", "door"}
        assert set(ready["operator"]) == {"clientId", "clientSecret", "userPrincipalName", "password"}
        assert ready["login"].startswith("https://localhost:")
        assert ready["graph"].startswith("https://localhost:")
        assert Path(ready["ca"]).is_file()
        assert tenant.get("/clock")["now"].startswith("2026-11-21T08:00:0")
        folder = Path(ready["ca"]).parent
    assert tenant.process.returncode == 0
    assert not folder.exists()


def test_several_tenants_are_listed() -> None:
    with start(users=1, tenants=3) as tenant:
        assert len({row["tenantId"] for row in tenant.tenants}) == 3
        assert len({row["door"] for row in tenant.tenants}) == 3


def test_the_same_seed_makes_the_same_tenant() -> None:
    with start(users=3, seed=9) as first, start(users=3, seed=9) as second, start(users=3, seed=10) as third:
        assert first.ready["operator"] == second.ready["operator"]
        assert [row["id"] for row in first.state("users")] == [row["id"] for row in second.state("users")]
        assert first.ready["tenantId"] != third.ready["tenantId"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals for other processes")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly_even_while_requests_hang(number: signal.Signals) -> None:
    tenant = start(users=3)
    folder = Path(tenant.ready["ca"]).parent
    tenant.fault("hang", nth=1, match="GET /")
    context = ssl.create_default_context(cafile=tenant.ready["ca"])
    with httpx.Client(verify=context, timeout=0.3) as client, pytest.raises(httpx.TimeoutException):
        client.get(f"{tenant.ready['graph']}/v1.0/users")
    tenant.process.send_signal(number)
    tenant.process.wait(timeout=15)
    assert (tenant.stop(), tenant.said) == (0, "")
    assert not folder.exists()


def test_it_ends_with_its_parent() -> None:
    code = "import sys, time; sys.stdin.read()"
    parent = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE)
    command = [sys.executable, "-m", "tenantry", "simulate", "--users", "1", "--parent", str(parent.pid)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        json.loads(process.stdout.readline())
        assert parents.alive(parent.pid)
        parent.communicate()
        assert process.wait(timeout=10) == 0
    assert not parents.alive(parent.pid)


def test_the_state_file_carries_a_tenant_over(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    with start(users=3, state=file) as tenant:
        tenant.seed(groups=[{"id": "00000000-0000-4000-8000-000000000001", "displayName": "Växel"}])
        (group,) = [row for row in tenant.state("groups") if row["displayName"] == "Växel"]
        tenant.post("/clock", {"advance": "10d"})
        before = tenant.get("/clock")["now"]
    assert file.is_file()
    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]
    with start(users=3, state=file) as again:
        assert group in again.state("groups")
        assert again.get("/clock")["now"] >= before
        assert _signs_in(again)


def simulate(*words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "tenantry", "simulate", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_a_state_file_knows_how_its_tenants_were_made(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    with start(users=7, seed=9, tenants=2, state=file) as tenant:
        ready = [row["tenantId"] for row in tenant.tenants]
    for words in (["--seed", "10"], ["--users", "8"], ["--tenants", "3"], ["--cloud", "china"]):
        done = simulate("--state", str(file), *words)
        assert (done.returncode, done.stdout) == (2, "")
        assert f"was written with {words[0]} " in done.stderr
        assert f"not {words[0]} {words[1]}" in done.stderr
    again = subprocess.Popen(
        [sys.executable, "-m", "tenantry", "simulate", "--state", str(file), "--parent", str(os.getpid())],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert again.stdout is not None
    told = json.loads(again.stdout.readline())
    assert [row["tenantId"] for row in told["tenants"]] == ready
    again.terminate()
    again.communicate(timeout=20)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_state_file_that_cannot_be_written_is_told_at_the_start(tmp_path: Path) -> None:
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o500)
    done = simulate("--users", "1", "--state", str(folder / "state.json"))
    assert (done.returncode, done.stdout) == (2, "")
    assert "cannot be written" in done.stderr


def test_a_seed_by_hand_is_a_state_file_too(tmp_path: Path) -> None:
    file = tmp_path / "seed.json"
    file.write_text(json.dumps({"groups": [{"displayName": "För hand"}]}), encoding="utf-8")
    with start(users=1, state=file) as tenant:
        assert "För hand" in {row["displayName"] for row in tenant.state("groups")}


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("{", "JSON"),
        ("[]", "object"),
        ('{"version": 9, "tenants": {}}', "version 9"),
        ('{"version": 1, "now": "2026-01-01T00:00:00Z", "tenants": {}}', "no tenant"),
        ('{"users": {}}', "neither"),
        ('{"appRoleAssignments": [7]}', "seed"),
        ('{"userz": []}', "unknown collection userz; known are .*users"),
        ('{"version": 1}', "damaged"),
        ('{"version": 1, "now": "2026-01-01T00:00:00Z", "made": {"seed": 7}, "tenants": {}}', "--seed 7, not --seed 1"),
    ],
)
def test_a_state_file_that_does_not_fit_is_told(tmp_path: Path, text: str, word: str) -> None:
    file = tmp_path / "state.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(StateError, match=word):
        load(_world(), file, Options(users=1).made())
    assert file.read_text(encoding="utf-8") == text


def test_a_state_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    world = _world()
    save(world, file)
    kept = file.read_bytes()
    world.tenants[0].seed({"groups": [{"displayName": object()}]})
    with pytest.raises(TypeError):
        save(world, file)
    assert file.read_bytes() == kept
    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--lag", "soon"], "no duration"),
        (["--start", "today"], "no time"),
        (["--faults", "1.5"], "1.5"),
        (["--users", "-1"], "-1"),
        (["--tenants", "0"], "0"),
        (["extra"], "extra"),
    ],
)
def test_a_wrong_input_is_one_sentence_and_exit_code_2(words: list[str], told: str) -> None:
    command = [sys.executable, "-m", "tenantry", "simulate", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_a_broken_state_file_is_one_sentence_and_exit_code_2(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    file.write_text("{", encoding="utf-8")
    command = [sys.executable, "-m", "tenantry", "simulate", "--users", "1", "--state", str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, "Traceback" in done.stderr) == (2, "", False)
    assert "state.json" in done.stderr


def _world() -> World:
    world = make_world(Options(users=1))
    world.clock = SimClock(parse_time("2026-11-21T08:00:00Z"))
    return world


def _signs_in(tenant: SimulatedTenant) -> bool:
    operator = tenant.ready["operator"]
    context = ssl.create_default_context(cafile=tenant.ready["ca"])
    form = {
        "grant_type": "client_credentials",
        "client_id": operator["clientId"],
        "client_secret": operator["clientSecret"],
        "scope": f"{tenant.ready['graph']}/.default",
    }
    with httpx.Client(verify=context) as client:
        return client.post(
            f"{tenant.ready['login']}/{tenant.ready['tenantId']}/oauth2/v2.0/token", data=form
        ).is_success
