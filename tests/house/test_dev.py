"""dev.py makes the environment, and mends one whose making was cut off."""

import os
import signal
import subprocess
import sys
import time
import venv
from pathlib import Path

import pytest

import dev


def test_an_environment_without_pip_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(dev, "PYTHON", tmp_path / ".venv" / dev.PYTHON.relative_to(dev.ROOT / ".venv"))
    assert not dev.usable()
    venv.create(dev.VENV, with_pip=False, symlinks=os.name != "nt")  # what Ctrl-C while it was made leaves
    assert dev.PYTHON.exists()
    assert not dev.usable()
    dev.create_venv()
    assert dev.usable()


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C goes to a console on Windows")
def test_ctrl_c_while_the_environment_is_made_is_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "dev.py").write_bytes((dev.ROOT / "dev.py").read_bytes())
    (tmp_path / "requirements").mkdir()
    for name in ("run", "dev"):
        (tmp_path / "requirements" / f"{name}.lock").touch()
    made = subprocess.Popen(
        [sys.executable, "dev.py", "demo"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert made.stdout is not None
    assert "Making the environment" in made.stdout.readline()
    time.sleep(0.1)
    made.send_signal(signal.SIGINT)
    _, said = made.communicate(timeout=30)
    assert (made.returncode, said) == (130, "")
