"""`python -m tests.provision.sweep [clean|faults|kills]…`: the whole sweep with a table; 3 where a run failed.

`--only TEXT` keeps the variants whose name holds it, `--seeds N` says how often each variant meets faults, `--every N`
kills at every Nth request only.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.provision.sweep import runs
from tests.provision.sweep.ground import Ground, pool
from tests.provision.sweep.runs import Outcome
from tests.provision.sweep.variants import Variant, every, plain
from tests.tenant import start

BEGIN = "2026-11-23T07:00:00Z"
PEOPLE = 20
LAG = "60s"
AT_ONCE = 40
_MOST_REQUESTS = 200


@dataclass
class Row:
    """A line of the table."""

    sort: str
    profile: str
    outcomes: list[Outcome] = field(default_factory=list)

    def text(self) -> str:
        """The line in Markdown."""
        failed = sum(bool(outcome.wrong) for outcome in self.outcomes)
        requests, faults = (sum(getattr(o, name) for o in self.outcomes) for name in ("requests", "faults"))
        most = max((outcome.applies for outcome in self.outcomes), default=0)
        share = f"{faults / requests:.0%}" if requests else ""
        return f"| {self.sort} | {self.profile} | {len(self.outcomes)} | {share} | {most} | {failed} |"


def main(arguments: list[str]) -> int:
    """Runs what is asked for, prints failures as they come and the table at the end."""
    parser = argparse.ArgumentParser(prog="sweep", description=__doc__)
    parser.add_argument("sorts", nargs="*", choices=[[], *SORTS], help="clean, faults, kills; all by default")
    parser.add_argument("--only", default="", help="only variants whose name holds this")
    parser.add_argument("--seeds", type=int, default=4, help="runs with faults for each of the plain variants")
    parser.add_argument("--every", type=int, default=1, help="kill at every Nth request")
    given = parser.parse_args(arguments)
    rows: dict[tuple[str, str], Row] = {}
    try:
        for sort in given.sorts or SORTS:
            for variant, outcome in SORTS[sort](given):
                row = rows.setdefault((sort, variant.profile), Row(sort, variant.profile))
                row.outcomes.append(outcome)
                for wrong in outcome.wrong:
                    sys.stderr.write(f"{sort}: {outcome.name}: {wrong}\n")
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted; this is how far it came.\n")
    lines = ["| sort | profile | runs | faults | most applies | failed |", "| --- | --- | ---: | ---: | ---: | ---: |"]
    lines += [row.text() for row in rows.values()]
    failed = sum(bool(outcome.wrong) for row in rows.values() for outcome in row.outcomes)
    lines += ["", f"{sum(len(row.outcomes) for row in rows.values())} runs, {failed} failed."]
    sys.stdout.write("\n".join(lines) + "\n")
    return 3 if failed else 0


def clean_runs(given: argparse.Namespace) -> Iterator[tuple[Variant, Outcome]]:
    """Every variant of every profile, each on a fresh tenant."""
    variants = [variant for variant in every() if given.only in variant.name]
    for variant, ground in grounds(variants):
        yield variant, runs.clean(ground)


def fault_runs(given: argparse.Namespace) -> Iterator[tuple[Variant, Outcome]]:
    """The plain variant of each profile with as many seeds, replicas a minute late."""
    variants = [variant for variant in plain() if given.only in variant.name for _ in range(given.seeds)]
    for seed, (variant, ground) in enumerate(grounds(variants, lag=LAG), 1):
        yield variant, runs.troubled(ground, seed)


def kill_runs(given: argparse.Namespace) -> Iterator[tuple[Variant, Outcome]]:
    """The plain variant of each profile, killed at every request there is."""
    for variant in (variant for variant in plain() if given.only in variant.name):
        repeated = [variant] * (_MOST_REQUESTS // given.every)
        for n, (_, ground) in zip(range(1, _MOST_REQUESTS, given.every), grounds(repeated), strict=False):
            outcome = runs.killed(ground, n)
            if outcome is None:
                break
            yield variant, outcome


SORTS = {"clean": clean_runs, "faults": fault_runs, "kills": kill_runs}


def grounds(variants: list[Variant], lag: str = "0s") -> Iterator[tuple[Variant, Ground]]:
    """A workspace on a fresh tenant for each; a simulator holds many tenants, and ends with its last one."""
    for first in range(0, len(variants), AT_ONCE):
        some = variants[first : first + AT_ONCE]
        with (
            start(users=PEOPLE, seed=7 + first, tenants=len(some) + 1, start=BEGIN, lag=lag) as simulator,
            tempfile.TemporaryDirectory() as folder,
        ):
            for number, (variant, tenant) in enumerate(zip(some, pool(simulator), strict=False)):
                yield variant, Ground(Path(folder) / str(number), tenant, variant)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
