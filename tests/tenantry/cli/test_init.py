"""`init` for a real tenant and for a rehearsal; `profiles`, `completion`, `whoami` on what it made."""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tenantry import workspace
from tenantry.cli.main import run
from tests.tenant import SimulatedTenant, start

GUID = "8f0c1111-2222-3333-4444-555555555555"


@pytest.fixture(scope="module")
def simulated() -> Iterator[SimulatedTenant]:
    with start(users=5, tenants=2) as tenant:
        yield tenant


def init(*args: str) -> int:
    return run(["init", "--profile", "telia-calendar", *args])


def test_a_real_tenant_with_everything_given(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = tmp_path / "Contoso Ltd"
    given = [
        "--domain",
        "contoso.com",
        "--group",
        "sw@contoso.com",
        "--owner",
        "a@contoso.com",
        "--sign-in",
        "azure-cli",
    ]
    assert init(str(root), *given, "--time-zone", "Europe/Oslo", "--cloud", "usgov") == 0
    (tenant,) = workspace.load(root).tenants
    assert (tenant.name, tenant.domain, tenant.cloud.name, tenant.sign_in) == (
        "Contoso-Ltd", "contoso.com", "usgov", "azure-cli"
    )  # fmt: skip
    (integration,) = tenant.integrations
    assert (integration.name, integration.time_zone, integration.owners) == ("telia", "Europe/Oslo", ("a@contoso.com",))
    assert (
        root / ".gitignore"
    ).read_text() == "# Secrets and what tenantry keeps for itself stay out of git.\nsecrets/\n.tenantry/\n"
    assert "Next: " in capsys.readouterr().err
    before = {path: path.read_bytes() for path in root.iterdir()}
    assert init(str(root), "--id", GUID) == 2
    assert "nothing was changed" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in root.iterdir()} == before


def test_what_is_left_to_fill_in_is_marked_and_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert init(str(tmp_path / "w")) == 0
    text = (tmp_path / "w" / "tenantry.toml").read_text(encoding="utf-8")
    lines = [number for number, line in enumerate(text.splitlines(), 1) if "FILL IN" in line]
    assert f"at line {lines[0]} and {lines[1]}" in capsys.readouterr().err
    assert run(["whoami", "-w", str(tmp_path / "w")]) == 2
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 2
    assert all(f"tenantry.toml:{line}: " in text for line, text in zip(lines, told, strict=True))
    filled = text.replace('id      = ""', f'id = "{GUID}"').replace('group = ""', 'group = "a@b.c"')
    assert tomllib.loads(filled)
    (tmp_path / "w" / "tenantry.toml").write_text(filled, encoding="utf-8")
    assert workspace.load(tmp_path / "w").tenants[0].id == GUID


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--id", GUID, "--domain", "x.y"], "name the tenant twice"),
        (["--group", "a@b.c", "--all-mailboxes"], "contradict each other"),
        (["--time-zone", "Mars"], '"Mars" is not a time zone'),
        (["--rehearsal", "none.json"], "none.json cannot be read"),
        (["--rehearsal", "none.json", "--domain", "x.y"], "--rehearsal already says what --domain would"),
    ],
)
def test_contradictions_make_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], args: list[str], said: str
) -> None:
    assert init(str(tmp_path / "w"), *args) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "w").exists()


def test_a_value_that_the_workspace_refuses_leaves_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert init(str(tmp_path / "w"), "--id", "common", "--all-mailboxes") == 2
    assert "must be a tenant id" in capsys.readouterr().err
    assert not (tmp_path / "w").exists()


def test_an_unknown_profile_and_a_bad_ready_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", str(tmp_path / "w"), "--profile", "telia"]) == 2
    assert "telia-calendar" in capsys.readouterr().err
    for raw, said in ((b"", "is empty"), (b"{}", "ready line"), (b"\xff\xfe", "is empty"), (b"hello", "ready line")):
        (tmp_path / "ready.json").write_bytes(raw)
        assert init(str(tmp_path / "w"), "--rehearsal", str(tmp_path / "ready.json")) == 2
        assert said in capsys.readouterr().err
    assert not (tmp_path / "w").exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_rehearsal_of_one_tenant(simulated: SimulatedTenant, tmp_path: Path, encoding: str) -> None:
    (tmp_path / "ready.json").write_text(json.dumps(simulated.ready) + "\n", encoding=encoding)
    assert init(str(tmp_path / "w"), "--rehearsal", str(tmp_path / "ready.json")) == 0
    root = tmp_path / "w"
    (tenant,) = workspace.load(root).tenants
    assert tenant.id == simulated.ready["tenantId"]
    assert (tenant.sign_in, tenant.cloud.name, tenant.cloud.clock) == ("environment", "rehearsal", simulated.door)
    (integration,) = tenant.integrations
    assert integration.mailboxes.all
    assert integration.owners == (simulated.ready["operator"]["userPrincipalName"],)
    assert integration.sinks[0].path == "availability.jsonl"
    assert (root / "ca.pem").read_bytes() == Path(simulated.ready["ca"]).read_bytes()
    written = "".join(path.read_text(encoding="utf-8") for path in root.iterdir())
    assert simulated.ready["operator"]["clientSecret"] not in written
    assert simulated.ready["operator"]["password"] not in written


def test_a_rehearsal_of_several_tenants(simulated: SimulatedTenant, tmp_path: Path) -> None:
    (tmp_path / "ready.json").write_text(json.dumps({"tenants": simulated.tenants}), encoding="utf-8")
    assert init(str(tmp_path / "w"), "--rehearsal", str(tmp_path / "ready.json")) == 0
    tenants = workspace.load(tmp_path / "w").tenants
    assert [tenant.id for tenant in tenants] == [ready["tenantId"] for ready in simulated.tenants]
    assert len({tenant.name for tenant in tenants}) == 2
    places = [
        (i.credential.store.path if i.credential else "", i.sinks[0].path) for t in tenants for i in t.integrations
    ]
    assert len(set(places)) == 2


def whoami(root: Path, capsys: pytest.CaptureFixture[str], *args: str) -> Any:
    assert run(["whoami", "-w", str(root), "-o", "json", *args]) == 0
    return json.loads(capsys.readouterr().out)


def test_whoami_tells_tenant_operator_and_what_suffices(
    simulated: SimulatedTenant, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ready.json").write_text(json.dumps(simulated.ready), encoding="utf-8")
    assert init(str(tmp_path / "w"), "--rehearsal", str(tmp_path / "ready.json")) == 0
    for name in ("AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "AZURE_TENANT_ID"):
        monkeypatch.delenv(name, raising=False)
    capsys.readouterr()
    assert run(["whoami", "-w", str(tmp_path / "w")]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert all(name in told for name in ("AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "AZURE_TENANT_ID"))
    for name, value in simulated.environment().items():
        monkeypatch.setenv(name, value)
    (answer,) = whoami(tmp_path / "w", capsys)
    assert answer["id"] == simulated.ready["tenantId"]
    assert answer["operator"]["kind"] == "app"
    assert answer["operator"]["appId"] == simulated.ready["operator"]["clientId"]
    assert "AppRoleAssignment.ReadWrite.All" in answer["permissions"]
    assert all(step["ok"] for step in answer["suffices"])
    assert {step["profile"] for step in answer["suffices"]} == {"telia-calendar"}
    assert run(["whoami", "-w", str(tmp_path / "w"), "-vv"]) == 0
    out, err = capsys.readouterr()
    assert simulated.ready["operator"]["clientSecret"] not in out + err
    assert "GET /organization" in err
    assert "telia-calendar: may audit" in out
    assert run(["whoami", "-w", str(tmp_path / "w"), "nobody"]) == 2
    capsys.readouterr()


def test_profiles(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["profiles", "list", "-w", str(tmp_path), "-o", "csv"]) == 0
    assert capsys.readouterr().out.splitlines()[1].startswith("telia-calendar,Telia Switchboard")
    assert run(["profiles", "show", "telia-calendar", "-w", str(tmp_path)]) == 0
    shown = capsys.readouterr().out
    for part in ("Calendars.Read (application)", "Calendars.ReadBasic.All would do", "User.Read (delegated)", "730"):
        assert part in shown
    assert run(["profiles", "show", "telia-calendar", "-w", str(tmp_path), "-o", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["form"][2]["value"] == "secret_value"
    assert run(["profiles", "show", "nix", "-w", str(tmp_path)]) == 2


@pytest.mark.parametrize(
    ("shell", "part"),
    [("bash", "complete "), ("zsh", "compdef"), ("fish", "complete "), ("powershell", "Register-ArgumentCompleter")],
)
def test_completion(capsys: pytest.CaptureFixture[str], shell: str, part: str) -> None:
    assert run(["completion", shell]) == 0
    assert part in capsys.readouterr().out


def test_names_are_completed(tmp_path: Path) -> None:
    from click.shell_completion import ShellComplete

    from tenantry.cli.main import cli

    assert init(str(tmp_path / "w"), "--id", GUID, "--all-mailboxes", "--tenant", "contoso") == 0
    complete = ShellComplete(cli, {}, "tenantry", "_TENANTRY_COMPLETE")
    args = ["provision", "plan", "-w", str(tmp_path / "w")]
    assert [item.value for item in complete.get_completions(args, "cont")] == ["contoso", "contoso/telia"]
    assert [item.value for item in complete.get_completions([], "comp")] == ["completion"]
    assert complete.get_completions(["provision", "plan", "-w", str(tmp_path)], "c") == []
