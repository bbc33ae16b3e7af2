"""Generates the parts of docs/reference that come from the code; `python dev.py docs` writes, the tests compare."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import msgspec

from tests.audit.reference import checks
from tests.house.sizes import ROOT
from tests.templates.reference import scripts

REFERENCE = ROOT / "docs" / "reference"


def commands() -> str:
    """Every command with its help, options and examples, as the program itself tells them."""
    from tenantry.cli.main import cli

    text = [
        "# Commands",
        "",
        "Generated from the program by `python dev.py docs`. `tenantry COMMAND --help` says the same.",
        "",
    ]
    for path, command in walk(cli, "tenantry"):
        context = click.Context(command, info_name=path, max_content_width=100, terminal_width=100)
        text += [f"## `{path}`", "", "```text", command.get_help(context).rstrip(), "```", ""]
    return "\n".join(text)


def walk(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """The command and all below it, in the order help shows them; hidden ones are left out."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=path)
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            if child is not None and not child.hidden:
                yield from walk(child, f"{path} {name}")


def schemas() -> dict[str, str]:
    """JSON Schemas of the contracts, by file name."""
    from tenantry.schemas import export

    every = export() | outputs()
    return {f"{name}.json": json.dumps(made, indent=2, ensure_ascii=False) + "\n" for name, made in every.items()}


def outputs() -> dict[str, dict[str, Any]]:
    """What the commands print with `-o json`, a sink gets, and the journal holds."""
    from audit.exchange import EvidenceFile
    from audit.manifest import Manifest
    from audit.report import Report
    from audit.waivers import WaiversFile
    from provision.journal import Entry
    from provision.model.change import Plan
    from provision.plan.consent import ConsentLink
    from provision.split import Split
    from provision.verify.link import Chain
    from simulator.ready import Ready, ReadyTenants
    from sync.model import Record
    from sync.status import Status
    from tenantry.cli.rehearsal_types import Rehearsal
    from tenantry.log_line import LogLine

    kinds: dict[str, Any] = {
        "plan": list[Plan],
        "split": list[Split],
        "consent-link": list[ConsentLink],
        "verify": list[Chain],
        "status": list[Status],
        "audit": Report,
        "snapshot-manifest": Manifest,
        "waivers": WaiversFile,
        "availability-record": Record,
        "journal-line": Entry,
        "rehearsal": Rehearsal | list[Rehearsal],
        "exchange-evidence": EvidenceFile,
        "log-line": LogLine,
    }
    base = "https://json-schema.org/draft/2020-12/schema"
    made = {name: {"$schema": base, "title": name, **msgspec.json.schema(kind)} for name, kind in kinds.items()}
    ready, parts = msgspec.json.schema_components([Ready, ReadyTenants], ref_template="#/$defs/{name}")
    return made | {"simulate-ready": {"$schema": base, "title": "simulate-ready", "anyOf": list(ready), "$defs": parts}}


PAGES: list[tuple[str, Callable[[], str]]] = [
    ("commands.md", commands),
    ("checks.md", checks),
    ("scripts.md", scripts),
]


def everything() -> dict[Path, str]:
    """Each generated file with what it should hold."""
    made = {REFERENCE / name: make() for name, make in PAGES}
    made |= {REFERENCE / "schemas" / name: text for name, text in schemas().items()}
    return made


def main() -> int:
    """Writes them all; with `--check` only tells which are old, and ends with 1 if any is."""
    if sys.argv[1:] == ["--check"]:
        old = [p for p, text in everything().items() if not p.exists() or p.read_text(encoding="utf-8") != text]
        print("\n".join(str(p.relative_to(ROOT)) for p in old))  # noqa: T201
        return 1 if old else 0
    for path, text in everything().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        print(path.relative_to(ROOT))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
