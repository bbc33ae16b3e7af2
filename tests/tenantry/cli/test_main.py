"""The command frame: instant help, errors as sentences, exit codes, interruptions, broken pipes."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest

from tenantry.cli import common
from tenantry.cli.main import COMMANDS, cli, run
from tenantry.errors import (
    ConfigurationError,
    GraphError,
    GuardRefused,
    NotSo,
    PartlyDone,
    Problem,
    SignInError,
    TenantryError,
    UsageError,
)
from tenantry.redact import Secret

GRAPH = GraphError(status=403, code="X", message="no", method="GET", path="/a", request_id="r-1", fix="Ask.")
GROUP = ExceptionGroup("g", [UsageError("One."), ExceptionGroup("h", [UsageError("One."), UsageError("Two.")])])
HINT = "Run it again with -v for the details.\n"


@pytest.fixture
def raising(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Adds a command `probe` that raises or calls what the list holds."""
    todo: list[Any] = []

    @click.command("probe")
    @common.workspace_options
    @common.names_argument
    def probe(session: common.Session, names: tuple[str, ...]) -> Any:
        (thing,) = todo
        if isinstance(thing, BaseException):
            raise thing
        return thing(session, names)

    monkeypatch.setattr(sys.modules[__name__], "PROBE", probe, raising=False)
    monkeypatch.setattr(cli, "table", {**COMMANDS, "probe": (f"{__name__}:PROBE", "Probe.")})
    return todo


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (TenantryError("It broke.", fix="Mend it."), 1, "Error: It broke. Mend it.\n"),
        (UsageError("Not so."), 2, "Error: Not so.\n"),
        (GuardRefused("Not ours."), 2, "Error: Not ours.\n"),
        (NotSo("Findings."), 3, "Error: Findings.\n"),
        (PartlyDone("Half done.", fix="Run it again."), 4, "Error: Half done. Run it again.\n"),
        (SignInError("Refused.", code="AADSTS1"), 1, "Error: Refused.\n"),
        (GRAPH, 1, "Error: GET /a: HTTP 403 X: no (request id r-1) Ask.\n"),
        (
            ConfigurationError([Problem("is bad.", where="f:1", field="a.b", fix="Write c."), Problem("other.")]),
            2,
            "Error: f:1: a.b: is bad. Write c.\nError: other.\n",
        ),
        (GROUP, 2, "Error: One.\nError: Two.\n"),
        (KeyboardInterrupt(), 130, "\nInterrupted.\n"),
        (click.Abort(), 130, "Interrupted.\n"),
        (FileNotFoundError(2, "No such file", "x.txt"), 1, f"Error: x.txt: No such file.\n{HINT}"),
        (ValueError("odd\nsecond line"), 1, f"Error: Unexpected ValueError: odd\n{HINT}"),
        (click.UsageError("Wrong option."), 2, "Error: Wrong option. See `tenantry probe --help`.\n"),
        (BrokenPipeError(), 1, ""),
    ],
)  # fmt: skip
def test_errors_are_sentences_with_their_exit_code(
    raising: list[Any], capsys: pytest.CaptureFixture[str], error: BaseException, code: int, said: str
) -> None:
    raising.append(error)
    assert run(["probe"]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err == said


def test_v_adds_the_traceback_with_secrets_masked(raising: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    Secret("Zq8Q~hidden-value")
    raising.append(ValueError("Zq8Q~hidden-value"))
    assert run(["probe", "-v"]) == 1
    err = capsys.readouterr().err
    assert "Traceback (most recent call last)" in err
    assert "hidden-value" not in err


def test_log_json_makes_every_line_an_object(raising: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    def work(session: common.Session, names: tuple[str, ...]) -> None:
        session.say("å going on")
        raise UsageError("No.", fix="Yes.")

    raising.append(work)
    assert run(["probe", "--log", "json"]) == 2
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["level"], line["message"]) for line in lines] == [("info", "å going on"), ("error", "No. Yes.")]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["inti"], "No such command 'inti'. Did you mean 'init'? See `tenantry --help`."),
        (["init"], "Missing argument 'DIR'. See `tenantry init --help`."),
        (["--nix"], "No such option"),
        (["profiles", "list", "-o", "xml"], "'xml' is not one of"),
        (["profiles", "list", "-w", __file__], "is a file"),
    ],
)
def test_usage(capsys: pytest.CaptureFixture[str], args: list[str], said: str) -> None:
    assert run(args) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert err.count("\n") == 1


def test_session_says_shows_and_asks(raising: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    def work(session: common.Session, names: tuple[str, ...]) -> int:
        session.say("saying")
        with session.progress("reading", 5) as progress:
            progress.step()
            progress.note("x")
        session.confirm("Apply?", yes=True)
        with pytest.raises(UsageError, match="no terminal"):
            session.confirm("Apply?", yes=False)

        async def nothing() -> str:
            return "done"

        session.show([{"a": 1, "names": names}])
        assert session.run(nothing()) == "done"
        return 3

    raising.append(work)
    assert run(["probe", "-o", "json", "c/t"]) == 3
    out, err = capsys.readouterr()
    assert json.loads(out) == [{"a": 1, "names": ["c/t"]}]
    assert err == "saying\n"
    assert run(["probe", "-q", "-o", "csv"]) == 3
    assert capsys.readouterr() == ("a,names\n1,\n", "")


def test_every_command_is_there_with_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in COMMANDS)
    for name in COMMANDS:
        assert run([name, "--help"]) == 0
        assert "Usage: tenantry" in capsys.readouterr().out
    assert run([]) in (0, 2)
    capsys.readouterr()
    assert run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("tenantry ")


def python(code: str, *args: str, **options: Any) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *args, "-c", code], capture_output=True, text=True, timeout=60, check=False, **options
    )


def test_help_imports_nothing_but_click() -> None:
    modules = "import sys; print(*sorted(m for m in sys.modules if m.partition('.')[0] not in sys.stdlib_module_names))"
    bare = set(python(f"import click; {modules}").stdout.split())
    code = f"from tenantry.cli.main import run; run(['--help']); print('|'); {modules}"
    ours = set(python(code).stdout.rpartition("|")[2].split())
    assert ours - bare == {"tenantry", "tenantry.cli", "tenantry.cli.main", "tenantry.errors"} | {
        name for name in ours - bare if name.startswith("click.")
    }


def test_output_is_utf8_whatever_the_locale() -> None:
    code = "import tenantry.cli.main as m; m.run = lambda args: m.click.echo('å\\ud800 中') or 0; m.main()"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        timeout=60,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C"},
        check=False,
    )
    assert (done.returncode, done.stdout.decode()) == (0, f"å\\ud800 中{os.linesep}")


@pytest.mark.skipif(os.name != "posix", reason="signals and pipes as POSIX has them")
def test_a_reader_that_goes_away_is_no_traceback(tmp_path: Path) -> None:
    command = f"{sys.executable} -m tenantry profiles show telia-calendar -w {tmp_path} | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == ""
    assert done.returncode in (0, 1)


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
def test_ctrl_c_cleans_up_and_ends_with_130() -> None:
    code = """
import asyncio, sys, click
from tenantry.cli import common, main
@click.command()
@common.plain_options
def wait(session):
    async def work():
        print("ready", flush=True)
        try:
            await asyncio.sleep(60)
        finally:
            print("cleaned", flush=True)
    session.run(work())
main.cli.table = {"wait": ("__main__:wait", "x")}
sys.argv = ["tenantry", "wait"]
main.main()
"""
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (130, "cleaned\n", "\nInterrupted.\n")
