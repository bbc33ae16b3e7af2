"""The plan of every profile as JSON, Markdown, text and CSV: each change with its risk, permission and role."""

import csv
import io
import json
import re
from pathlib import Path

import pytest

from provision.model.change import OBJECTS
from provision.rights import RIGHTS
from tests.provision.sweep import variants
from tests.provision.sweep.ground import Ground
from tests.provision.sweep.variants import Variant
from tests.tenant import simulated

LOCAL = {"integrationFile", "mailboxScope", "storedPassword"}


@pytest.mark.parametrize("variant", variants.plain(), ids=lambda variant: variant.name)
def test_each_change_says_what_it_takes(tmp_path: Path, variant: Variant) -> None:
    with simulated(users=12, seed=3) as tenant:
        ground = Ground(tmp_path / "work", tenant, variant)
        said = ground.run("plan", "-o", "json")
        assert said.code == 0, said.err
        (made,) = json.loads(said.out)
        changes = made["changes"]
        known = {(right.permission, right.role) for right in RIGHTS}
        assert changes
        for change in changes:
            assert change["object"] in OBJECTS
            assert change["risk"] in ("low", "medium", "high")
            assert change["reason"]
            if change["object"] not in LOCAL:
                assert (change["permission"], change["role"]) in known, change
        text = ground.run("plan").out
        markdown = ground.run("plan", "-o", "md").out
        rows = [line for line in markdown.splitlines() if line.startswith("| ") and not line.startswith("| Change")]
        assert len(rows) == len(changes)
        assert all(len(re.split(r"(?<!\\)\|", row)) == 10 for row in rows)
        table = list(csv.DictReader(io.StringIO(ground.run("plan", "-o", "csv").out)))
        for change, row, line in zip(changes, table, rows, strict=True):
            head = f"{change['action']} {change['object']} {change['name']}  [{change['risk']} risk]"
            assert head in text
            assert (row["action"], row["risk"], row["permission"]) == (
                change["action"], change["risk"], change["permission"],
            )  # fmt: skip
            assert change["risk"] in line
            if change["permission"]:
                assert f"needs {change['permission']} (role {change['role']})" in text
                assert change["role"] in line
        assert made["checksum"] in text
        assert made["checksum"] in markdown
        assert ground.writes() == []
