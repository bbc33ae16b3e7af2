"""Rehearsing a script: sent to the simulated tenant's door, or run here on evidence; both tell the same events."""

import json
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tenantry.errors import TenantryError, UsageError

JSON = dict[str, Any]
Place = str | Path


@dataclass(frozen=True)
class Wish:
    """How a script is rehearsed. `folder`: where it writes its files; None: as the place has it."""

    what_if: bool = False
    product: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    folder: Path | None = None


@dataclass
class Told:
    """What a rehearsal told. `document` is the contract's object; `refused` {"what", "line", "why"} or None."""

    document: JSON
    refused: JSON | None = None
    failed: bool = False


def local(folder: Path) -> Path:
    """The evidence folder, if it is one."""
    if not folder.is_dir():
        raise UsageError(f"There is no folder {folder}.", fix="Export evidence: tenantry scripts render evidence")
    return folder


class Rehearser:
    """Runs scripts at a door (an address) or on evidence (a folder); `root` is where they write their files."""

    def __init__(self, place: Place, wish: Wish, root: Path, say: Callable[[str], None]) -> None:
        self._place, self._wish, self._root, self._say = place, wish, root, say

    def run(self, name: str, source: str) -> Told:
        """Runs one script and gathers what it tells; warnings are said as they come."""
        document: JSON = {"script": name, "changes": [], "prompts": [], "errors": [], "result": None}
        told = Told(document | {"warnings": [], "whatIf": []})
        for event in self._events(name, source):
            ((kind, value),) = event.items()
            if kind == "failed":
                raise TenantryError(f"The rehearsal itself failed: {value}")
            self._take(told, kind, value)
        told.failed = told.refused is None and bool(told.document["errors"])
        return told

    def _events(self, name: str, source: str) -> Iterator[JSON]:
        if isinstance(self._place, Path):
            return _here(self._place, name, source, self._wish)
        return _at(self._place, name, source, self._wish, self._root)

    def _take(self, told: Told, kind: str, value: Any) -> None:
        if kind == "refused":
            told.refused = value
            what = f"refused: {value['what']} {value['why']}".strip()
            told.document["errors"].append({"line": value["line"], "message": what})
        elif kind == "result":
            told.document["result"] = value
        else:
            told.document[_LISTS[kind]].append(value)
        if kind == "warning":
            self._say(str(value))


_LISTS = {"change": "changes", "prompt": "prompts", "warning": "warnings", "whatIf": "whatIf", "error": "errors"}


def _at(door: str, name: str, source: str, wish: Wish, root: Path) -> Iterator[JSON]:
    """Events of a run in the simulated tenant."""
    body = {"script": source, "name": name, "whatIf": wish.what_if, "arguments": dict(wish.arguments)}
    body |= {"product": wish.product, "folder": str((wish.folder or root).resolve())}
    request = urllib.request.Request(  # noqa: S310 (loopback door, http by contract)
        f"{door}/exchange/run", data=json.dumps(body).encode(), headers={"Content-Type": "application/json"}
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a door on loopback is never proxied
    try:
        with opener.open(request, timeout=3600) as answer:
            for line in answer:
                yield json.loads(line)
    except urllib.error.HTTPError as error:
        told = json.loads(error.read() or b"{}").get("error", error.reason)
        raise UsageError(f"The rehearsal refuses: {told}") from None
    except (OSError, ValueError) as error:
        fix = "Start `tenantry simulate` again and make a new workspace with its ready line."
        raise TenantryError(f"The rehearsal at {door} does not answer.", fix=fix) from error


def _here(evidence: Path, name: str, source: str, wish: Wish) -> Iterator[JSON]:
    """Events of a run on evidence; files of the script go into a folder that is thrown away, or where it was told."""
    from simulator.exchange.evidence import Evidence, EvidenceError
    from simulator.exchange.rehearsal import Order, rehearse, session_for

    events: list[JSON] = []
    try:
        told = Evidence(evidence)
    except EvidenceError as error:
        raise UsageError(str(error)) from None
    with tempfile.TemporaryDirectory() as scratch:
        folder = wish.folder or Path(scratch)
        order = Order(source, name, folder, wish.arguments, wish.what_if, wish.product)
        session = session_for(order, told.tenant)
        session.can = told.can
        clock: Any = told.tenant.clock
        rehearse(order, session, events.append, clock.advance)
    yield from events
