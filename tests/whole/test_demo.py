"""The demo does what the README promises: start to end, again, and stopped half-way."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-m", "tenantry", "demo", "--users", "60"]


def run(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """The demo in that folder."""
    return subprocess.run(
        [*COMMAND, "--dir", str(folder), *words],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=170,
    )


@pytest.mark.slow
def test_it_runs_to_the_end_and_again(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    for _ in range(2):
        done = run(folder)
        assert done.returncode == 0, done.stderr[-2000:]
        assert "Done in" in done.stdout
        second_plan = done.stdout.rpartition("provision plan --exit-code")[2]
        for name in ("telia", "teams", "rooms", "xphone", "monitor"):
            assert f"contoso/{name}: nothing to do" in second_plan
        for name in ("report.html", "handover/contoso-telia.sv.html", "availability.jsonl", "ready.json"):
            assert (folder / name).stat().st_size > 100
    report = (folder / "report.html").read_text(encoding="utf-8")
    for found in ("high-risk-permission", "default-user-read", "credential-expiry"):
        assert found in report


def test_another_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    done = run(tmp_path)
    assert done.returncode == 2
    assert "--dir" in done.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.skipif(os.name == "nt", reason="sends SIGINT, which Windows has no like of for one process")
def test_ctrl_c_leaves_nothing_running(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with subprocess.Popen(
        [*COMMAND, "--dir", str(folder)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "provision apply" in line:
                break
        process.send_signal(signal.SIGINT)
        said = process.stdout.read()
        assert process.wait(timeout=30) == 130
    assert "Interrupted" in said
    assert "Traceback" not in said
    for _ in range(50):
        if not children_of(process.pid):
            return
        time.sleep(0.1)
    raise AssertionError(f"still running: {children_of(process.pid)}")


def children_of(pid: int) -> list[str]:
    """Processes whose command line names that parent."""
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout.splitlines()
    return [line for line in listed if f"--parent {pid}" in line]
