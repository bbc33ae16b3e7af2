"""Rehearsing a script: sent to the simulated tenant's door, or run here on evidence; both tell the same events.

An event is a JSON object with one key: change, prompt, warning, whatIf, error, progress, refused, result or failed.
"""

import http.client
import json
import shutil
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tenantry.errors import TenantryError, UsageError

JSON = dict[str, Any]
Place = str | Path
Take = Callable[[str, Any], None]


@dataclass(frozen=True)
class Wish:
    """How a script is rehearsed. `folder`: where it writes its files; None: as the place has it."""

    what_if: bool = False
    product: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    folder: Path | None = None


def local(folder: Path) -> Path:
    """The evidence folder, if it is one."""
    if not folder.is_dir():
        raise UsageError(f"There is no folder {folder}.", fix="Export evidence: tenantry scripts render evidence")
    return folder


class Rehearser:
    """Runs scripts at a door (an address) or on evidence (a folder); `root` is where they write their files."""

    def __init__(self, place: Place, wish: Wish, root: Path) -> None:
        self._place, self._wish, self._root = place, wish, root

    def run(self, name: str, source: str, take: Take) -> None:
        """Runs one script; `take` gets each event, its key and its value, as it happens."""

        def tell(event: JSON) -> None:
            ((kind, value),) = event.items()
            if kind == "failed":
                raise TenantryError(f"{name}: the rehearsal itself failed: {value}")
            take(kind, value)

        if isinstance(self._place, Path):
            _here(self._place, name, source, self._wish, self._root, tell)
        else:
            _at(self._place, name, source, self._wish, self._root, tell)


def _at(door: str, name: str, source: str, wish: Wish, root: Path, tell: Callable[[JSON], None]) -> None:  # noqa: PLR0917
    """Events of a run in the simulated tenant."""
    body = {"script": source, "name": name, "whatIf": wish.what_if, "arguments": dict(wish.arguments)}
    body |= {"product": wish.product, "folder": str((wish.folder or root).resolve())}
    request = urllib.request.Request(  # noqa: S310 (loopback door, http by contract)
        f"{door}/exchange/run", data=json.dumps(body).encode(), headers={"Content-Type": "application/json"}
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a door on loopback is never proxied
    try:
        with opener.open(request, timeout=3600) as answer:
            ended = False
            for line in answer:
                event = json.loads(line)
                ended = bool(event.keys() & _LAST)
                tell(event)
        if not ended:
            raise OSError("the answer was cut off")
    except urllib.error.HTTPError as error:
        told = json.loads(error.read() or b"{}").get("error", error.reason)
        raise UsageError(f"The rehearsal refuses: {told}") from None
    except (OSError, ValueError, http.client.HTTPException) as error:
        fix = "Start `tenantry simulate` again and make a new workspace with its ready line."
        raise TenantryError(f"The rehearsal at {door} does not answer.", fix=fix) from error


_NOTES = ("*.journal", "*.unfinished.csv")
_LAST = {"result", "refused", "error"}  # a run ends with one of them


def _here(evidence: Path, name: str, source: str, wish: Wish, root: Path, tell: Callable[[JSON], None]) -> None:  # noqa: PLR0917
    """Events of a run on evidence; files of the script go into a folder that is thrown away, or where it was told.

    What scripts noted in the workspace (journals, unfinished lists) is there too: a copy of it.
    """
    from simulator.exchange.evidence import Evidence, EvidenceError
    from simulator.exchange.rehearsal import Order, rehearse, session_for

    try:
        told = Evidence(evidence)
    except EvidenceError as error:
        raise UsageError(str(error)) from None
    with tempfile.TemporaryDirectory() as scratch:
        for file in (path for pattern in _NOTES for path in root.glob(pattern)):
            shutil.copyfile(file, Path(scratch) / file.name)
        order = Order(source, name, wish.folder or Path(scratch), wish.arguments, wish.what_if, wish.product)
        try:
            session = session_for(order, told.tenant)
        except ValueError as error:
            raise UsageError(f"{name}: {error}.") from None
        session.can = told.can
        clock: Any = told.tenant.clock
        rehearse(order, session, tell, clock.advance)
