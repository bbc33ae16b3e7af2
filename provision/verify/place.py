"""What every proof gets besides what was seen so far."""

from dataclasses import dataclass
from pathlib import Path

from provision.verify.candidates import Candidates
from tenantry.clock import Clock
from tenantry.graph import Graph


@dataclass(frozen=True)
class Place:
    """Where a proof works: the workspace, the tenant's clock, the operator's Graph (None: not signed in), mailboxes."""

    root: Path
    clock: Clock
    operator: Graph | None
    candidates: Candidates
