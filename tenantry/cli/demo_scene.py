"""What the demo stands on: the simulated tenant's process, its door, the folder, and what "somebody" does meanwhile."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from tenantry.errors import TenantryError, UsageError
from tenantry.files import write_atomic

MARK = ".tenantry-demo"
MONDAY = "2026-11-23T06:30:00Z"  # the simulated day begins before anybody's first meeting


@dataclass
class Scene:
    """One run of the demo: its folder, the ready line of the simulated tenant, and how many people live there."""

    root: Path
    ready: dict[str, Any]
    users: int
    began: float = field(default_factory=time.monotonic)

    def seconds(self) -> float:
        """How long the demo has run."""
        return time.monotonic() - self.began

    @contextlib.contextmanager
    def inside(self) -> Iterator[None]:
        """In the workspace, signed in as the simulated tenant's operator."""
        operator = self.ready["operator"]
        wanted = {
            "AZURE_TENANT_ID": self.ready["tenantId"],
            "AZURE_CLIENT_ID": operator["clientId"],
            "AZURE_CLIENT_SECRET": operator["clientSecret"],
        }
        before = {name: os.environ.get(name) for name in wanted}
        os.environ.update(wanted)
        try:
            with contextlib.chdir(self.root):
                yield
        finally:
            for name, value in before.items():
                os.environ.pop(name, None)
                if value is not None:
                    os.environ[name] = value

    def door(self, path: str, body: object = None) -> Any:
        """Asks or tells the simulated tenant's door, which is no part of Graph."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(  # noqa: S310 (loopback, http by contract)
            f"{self.ready['door']}{path}", data=data, headers={"Content-Type": "application/json"}
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=30) as answer:
            return json.loads(answer.read() or b"null")

    def app(self) -> dict[str, Any]:
        """The app that `provision apply` made, as the integration file names it."""
        (file,) = (self.root / "integrations").glob("*/telia.json")
        app: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))["app"]
        return app

    @property
    def group(self) -> str:
        """The group whose mailboxes the integration may read."""
        return f"switchboard@{self.ready['domain']}"

    def choose_mailboxes(self) -> None:
        """The one edit an admin makes in the workspace."""
        path = self.root / "tenantry.toml"
        text = path.read_text(encoding="utf-8")
        write_atomic(path, text.replace("{ all = true }", f'{{ group = "{self.group}" }}', 1))

    def script(self, kind: str) -> str:
        """The rendered script of that kind, as one would name it in the workspace."""
        (path,) = (self.root / "scripts").glob(f"{kind}*.ps1")
        return path.relative_to(self.root).as_posix()

    def pass_time(self, duration: str) -> None:
        """The tenant's clock goes on."""
        self.door("/clock", {"advance": duration})

    def half_a_year_later(self) -> None:
        """The clock goes on, the portal adds User.Read, and a colleague grants far too much."""
        self.door("/clock", {"advance": "168d"})
        principal = self.app()["servicePrincipalId"]
        graph = next(
            p for p in self.door("/state/servicePrincipals") if p["appId"] == "00000003-0000-0000-c000-000000000000"
        )
        role = next(r for r in graph["appRoles"] if r["value"] == "Mail.ReadWrite")
        self.door(
            "/seed",
            {
                "appRoleAssignments": [
                    {
                        "id": "demo-mail-readwrite",
                        "principalId": principal,
                        "principalType": "ServicePrincipal",
                        "resourceId": graph["id"],
                        "resourceDisplayName": "Microsoft Graph",
                        "appRoleId": role["id"],
                    }
                ],
                "oauth2PermissionGrants": [
                    {
                        "id": "demo-user-read",
                        "clientId": principal,
                        "consentType": "AllPrincipals",
                        "principalId": None,
                        "resourceId": graph["id"],
                        "scope": "User.Read",
                    }
                ],
            },
        )

    def passed_since_start(self, hours: int) -> bool:
        """Whether that much simulated time has passed since the demo's Monday began."""
        now = datetime.fromisoformat(self.door("/clock")["now"])
        return now - datetime.fromisoformat(MONDAY) >= timedelta(hours=hours)

    def show_changes(self) -> None:
        """What the sync wrote, counted, and the day of the person whose state changed most."""
        lines = (self.root / "availability.jsonl").read_text(encoding="utf-8").splitlines()
        records = [json.loads(line) for line in lines]
        states = Counter(r["state"] for r in records)
        busiest, count = Counter(r["key"] for r in records).most_common(1)[0]
        told = ", ".join(f"{state} {n}" for state, n in states.most_common())
        click.echo(f"\n  {len(records)} records for {len({r['key'] for r in records})} people ({told}).")
        click.echo(f"  The day of {busiest}, {count} changes:")
        for record in [r for r in records if r["key"] == busiest][:8]:
            end = record["until"] or ""
            until = f"until {end[11:16]}" if end[:10] == record["at"][:10] else "until another day" if end else ""
            click.echo(f"    {record['at'][11:16]}  {record['state']:14} {record['source']:9} {until}".rstrip())

    def left_to_open(self) -> list[tuple[str, str]]:
        """The files worth opening, with what each is."""
        sheets = sorted(p.relative_to(self.root).as_posix() for p in (self.root / "handover").rglob("*.html"))
        files = [("report.html", "the audit report, worth printing")]
        files += [(sheet, "the hand-over sheet for the vendor's form") for sheet in sheets]
        files += [("scripts", "the Exchange scripts, to read"), ("availability.jsonl", "what the switchboard was told")]
        return files


@contextlib.contextmanager
def stage(root: Path, users: int, seed: int) -> Iterator[Scene]:
    """Clears the folder of an earlier demo, starts the simulated tenant, and stops it whatever happens."""
    _clear(root)
    click.echo(f"  Starting a simulated tenant of {users} people ...", err=True)
    command = [sys.executable, "-m", "tenantry", "simulate", "--users", str(users), "--seed", str(seed)]
    command += ["--start", MONDAY, "--parent", str(os.getpid())]
    # Ctrl-C is for us; the tenant ends when the demo has tidied up.
    group = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)  # Windows only
    with subprocess.Popen(  # noqa: S603 (our own program)
        command,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=os.name != "nt",
        creationflags=group,
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line.strip():
                raise TenantryError("The simulated tenant did not start.", fix="See its message above.")
            write_atomic(root / "ready.json", line, private=True)
            yield Scene(root, json.loads(line), users)
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


def _clear(root: Path) -> None:
    """Empties the folder of an earlier demo; any other folder that holds something is left alone."""
    if root.exists() and any(root.iterdir()):
        if not (root / MARK).exists():
            raise UsageError(f"{root} holds something that is not a demo.", fix="Name another folder with --dir.")
        shutil.rmtree(root)
    write_atomic(root / MARK, "Made by `tenantry demo`; removed by the next one.\n")
