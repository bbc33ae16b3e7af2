"""Runs a foreign client as its users do: a command, its JSON."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests import tenant
from tests.simulator.foreign.proxy import proxy
from tests.tenant import SimulatedTenant

Run = Callable[..., Any]


@pytest.fixture(scope="module")
def rehearsed() -> Iterator[SimulatedTenant]:
    """One tenant for a module: the clients are slow to start, and each test makes objects of its own."""
    with tenant.start(users=120, seed=11) as found:
        yield found


@pytest.fixture(scope="module")
def environment(rehearsed: SimulatedTenant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Environment in which a client finds the tenant under Microsoft's names, and a home of its own."""
    home, ca = tmp_path_factory.mktemp("home"), str(rehearsed.ready["ca"])
    with proxy(rehearsed) as address:
        yield {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "USERPROFILE": str(home),
            "AZURE_CONFIG_DIR": str(home / "azure"),
            "AZURE_CORE_COLLECT_TELEMETRY": "no",
            "CLIMICROSOFT365_DISABLETELEMETRY": "1",
            "HTTPS_PROXY": address,
            "HTTP_PROXY": address,
            "NODE_EXTRA_CA_CERTS": ca,
            "REQUESTS_CA_BUNDLE": ca,
            "SSL_CERT_FILE": ca,
        }


@pytest.fixture(scope="module")
def client(environment: dict[str, str]) -> Callable[[str], Run]:
    """`client("az")` gives a function that runs it and decodes what it prints; skips where it is not installed."""

    def of(name: str) -> Run:
        program = shutil.which(name)
        if program is None:
            assert "TENANTRY_REQUIRE_CLIENTS" not in os.environ, f"{name} is required here"
            pytest.skip(f"{name} is not on PATH: nobody else's client to try")

        def run(*words: str) -> Any:
            done = subprocess.run(
                [program, *words], env=environment, capture_output=True, text=True, timeout=120, check=False
            )
            assert done.returncode == 0, f"{name} {' '.join(words)}: {done.stdout}{done.stderr}"
            return json.loads(done.stdout) if done.stdout.strip() else None

        return run

    return of
