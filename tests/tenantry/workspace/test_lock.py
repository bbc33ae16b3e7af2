"""Only one writer a workspace; a killed one frees it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tenantry import workspace
from tenantry.errors import UsageError

HOLD = """
import sys, time
from pathlib import Path
from tenantry import workspace
with workspace.lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_holder_is_named_and_a_killed_one_frees_it(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(UsageError) as caught, workspace.lock(tmp_path):
            pass
        assert f"process {holder.pid} on " in caught.value.what
        assert "since 20" in caught.value.what
        holder.kill()
    with workspace.lock(tmp_path):
        assert (tmp_path / ".tenantry" / "apply.holder.json").is_file()


def test_it_is_freed_after_an_error_and_separate_by_name(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="x"), workspace.lock(tmp_path):
        raise ValueError("x")
    with workspace.lock(tmp_path), workspace.lock(tmp_path, "sync"):
        assert (tmp_path / ".tenantry" / ".gitignore").read_text() == "*\n"
    (tmp_path / ".tenantry" / "apply.holder.json").write_text("broken")
    with workspace.lock(tmp_path):
        assert str(os.getpid()) in (tmp_path / ".tenantry" / "apply.holder.json").read_text()
