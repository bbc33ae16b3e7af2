"""What the commands print is what docs/reference/schemas says they print."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.house.sizes import ROOT
from tests.tenant import start
from tests.whole.chain import Chain, begin


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    """A provisioned workspace of a small tenant."""
    with start(users=30, seed=4, start="2026-11-23T06:00:00Z") as tenant:
        yield begin(tenant, tmp_path_factory.mktemp("schemas"))


def check(name: str, value: Any) -> None:
    """Raises where the value is not as the published schema says."""
    schema = json.loads((ROOT / f"docs/reference/schemas/{name}.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(value)


def lines(path: Path) -> list[Any]:
    """A file of JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_every_output_is_as_its_schema_says(chain: Chain) -> None:
    plans = chain.json("provision", "plan")
    check("plan", plans)
    assert plans[0]["changes"]
    chain.run("provision", "apply", "--yes")
    (file,) = (chain.root / "integrations").glob("*/*.json")
    check("integration", json.loads(file.read_text(encoding="utf-8")))
    for journal in (chain.root / ".tenantry/journal").glob("*.jsonl"):
        for entry in lines(journal):
            check("journal-line", entry)
    check("verify", chain.json("provision", "verify"))
    check("verify", chain.json("sync", "check"))
    chain.run("sync", "run", "--for", "1h")
    check("status", chain.json("sync", "status"))
    for record in lines(chain.root / "availability.jsonl"):
        check("availability-record", record)
    chain.run("audit", "collect", "--out", "snapshot")
    check("snapshot-manifest", json.loads((chain.root / "snapshot/manifest.json").read_text(encoding="utf-8")))
    check("audit", chain.json("audit", "run", "--snapshot", "snapshot"))
