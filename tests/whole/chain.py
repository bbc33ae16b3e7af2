"""The whole chain run once, as a user would, with every word it said and every file it wrote kept for the tests."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.tenant import SimulatedTenant


@dataclass
class Chain:
    """A simulated tenant, a workspace in it, and what the commands said."""

    tenant: SimulatedTenant
    root: Path
    said: list[str] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)

    def run(self, *words: str, expect: int | tuple[int, ...] = 0) -> str:
        """One command in the workspace, as loud as it gets; its standard output."""
        done = subprocess.run(
            [sys.executable, "-m", "tenantry", *words],
            cwd=self.root,
            env={**os.environ, **self.tenant.environment(), "PYTHONUTF8": "1"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=180,
        )
        self.said += [done.stdout, done.stderr]
        assert done.returncode in ((expect,) if isinstance(expect, int) else expect), f"{words}: {done.stderr[-2000:]}"
        return done.stdout

    def json(self, *words: str, expect: int | tuple[int, ...] = 0) -> Any:
        """The same with `-o json`, decoded."""
        return json.loads(self.run(*words, "-o", "json", expect=expect))

    def edit(self, old: str, new: str) -> None:
        """Changes a line of tenantry.toml."""
        path = self.root / "tenantry.toml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def app(self) -> dict[str, Any]:
        """The app in the simulated tenant's own state, by its unique name."""
        (file,) = (self.root / "integrations").glob("*/*.json")
        mine = json.loads(file.read_text(encoding="utf-8"))["app"]
        (app,) = [a for a in self.tenant.state("applications") if a["appId"] == mine["appId"]]
        return app

    def files(self) -> Iterator[Path]:
        """Every file the run wrote."""
        return (path for path in self.root.rglob("*") if path.is_file())

    def secret(self) -> str:
        """The app's secret, out of its store."""
        stored = json.loads((self.root / "secrets/telia").read_text(encoding="utf-8"))
        return str(stored["secret"])


def begin(tenant: SimulatedTenant, folder: Path) -> Chain:
    """A fresh workspace for the tenant."""
    ready = folder / "ready.json"
    ready.write_text(json.dumps(tenant.ready), encoding="utf-8")
    root = folder / "ws"
    root.mkdir()
    chain = Chain(tenant, root)
    chain.run("init", ".", "--rehearsal", str(ready), "--profile", "telia-calendar")
    return chain


def tokens(words: str) -> list[str]:
    """What looks like a bearer token."""
    return re.findall(r"eyJ[\w-]{20,}\.[\w-]{20,}\.[\w-]{20,}", words)
