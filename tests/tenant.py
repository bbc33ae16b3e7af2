"""A simulated tenant for tests: `tenantry simulate` as a process of its own, with its door at hand."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class SimulatedTenant:
    """A running `tenantry simulate`. `ready` is its ready line (of the first tenant, where there are several)."""

    process: "subprocess.Popen[str]" = field(repr=False)
    stderr: IO[str] = field(repr=False)
    ready: dict[str, Any] = field(repr=False)
    tenants: list[dict[str, Any]] = field(repr=False)
    said: str = ""

    @property
    def door(self) -> str:
        """Where the door is, `http://127.0.0.1:port`."""
        return str(self.ready["door"])

    def get(self, path: str) -> Any:
        """GET at the door; JSON decoded, JSON lines as a list, None for an empty answer."""
        return self._call("GET", path)

    def post(self, path: str, body: Any) -> Any:
        """POST of JSON at the door."""
        return self._call("POST", path, body)

    def delete(self, path: str) -> Any:
        """DELETE at the door."""
        return self._call("DELETE", path)

    def state(self, collection: str) -> list[dict[str, Any]]:
        """The raw objects of a collection."""
        found: list[dict[str, Any]] = self.get(f"/state/{collection}")
        return found

    def seed(self, **collections: list[dict[str, Any]]) -> None:
        """Adds or replaces objects by id."""
        self.post("/seed", collections)

    def requests(self, *, bodies: bool = False) -> list[dict[str, Any]]:
        """The log of requests to sign-in service and Graph, oldest first."""
        found: list[dict[str, Any]] = self.get("/requests?bodies=1" if bodies else "/requests")
        return found

    def forget(self) -> None:
        """Empties the log of requests."""
        self.delete("/requests")

    def fault(self, *kinds: str, **order: Any) -> None:
        """Orders faults: `fault("429", rate=0.3, seed=4)`, `fault("hang", nth=3)`."""
        self.post("/faults", {"kinds": list(kinds), **order} if kinds else order)

    def end_faults(self) -> None:
        """Ends all faults and releases what hangs."""
        self.delete("/faults")

    def advance(self, duration: str) -> str:
        """Moves the tenant's clock forward; the time it is then."""
        return str(self.post("/clock", {"advance": duration})["now"])

    def environment(self) -> dict[str, str]:
        """The operator as environment variables, for processes that sign in by `environment`."""
        operator = self.ready["operator"]
        return {
            "AZURE_TENANT_ID": self.ready["tenantId"],
            "AZURE_CLIENT_ID": operator["clientId"],
            "AZURE_CLIENT_SECRET": operator["clientSecret"],
        }

    def complaints(self) -> str:
        """What it wrote to stderr so far: nothing, or mistakes of the simulator."""
        if not self.stderr.closed:
            self.stderr.seek(0)
            self.said = self.stderr.read()
        return self.said

    def stop(self) -> int:
        """Ends it as a person would and returns its exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
        self.complaints()
        self.stderr.close()
        return self.process.returncode

    def __enter__(self) -> "SimulatedTenant":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self.door}{path}", data=data, method=method, headers={"Content-Type": "application/json"}
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=60) as answer:
                text, kind = answer.read().decode(), answer.headers.get("Content-Type", "")
        except urllib.error.HTTPError as error:
            with error:
                raise AssertionError(f"the door refused {method} {path}: {error.read().decode()}") from None
        if kind.startswith("application/jsonl"):
            return [json.loads(line) for line in text.splitlines()]
        return json.loads(text) if text else None


def start(*, state: Path | None = None, **options: Any) -> SimulatedTenant:
    """Starts one; `start(users=20, lag="60s", faults=0.3, seed=7, start="2026-11-21T08:00:00Z", tenants=2)`.

    Ends with the test process at the latest. Raises AssertionError with its stderr where it does not start.
    """
    given = {"users": 20, **options, "parent": os.getpid()}
    words = [word for name, value in given.items() for word in (f"--{name.replace('_', '-')}", str(value))]
    words = [word for word in words if word != "True"]  # switches have no value
    if state is not None:
        words += ["--state", str(state)]
    errors = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - lives as long as the process
    process = subprocess.Popen(
        [sys.executable, "-m", "tenantry", "simulate", *words],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=errors,
        stdin=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        process.communicate(timeout=20)
        errors.seek(0)
        with errors:
            raise AssertionError(f"tenantry simulate did not start: {errors.read()}")
    ready = json.loads(line)
    tenants = ready.get("tenants", [ready])
    return SimulatedTenant(process, errors, tenants[0], tenants)


@contextlib.contextmanager
def simulated(**options: Any) -> Iterator[SimulatedTenant]:
    """The same as a block: the tenant ends with it."""
    with start(**options) as tenant:
        yield tenant
