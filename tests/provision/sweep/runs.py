"""One run of each sort: clean, in trouble, killed. Each says what was wrong; nothing is well."""

from dataclasses import dataclass, field
from urllib.parse import quote

from tenantry.errors import ExitCode
from tests.provision.admin import accept
from tests.provision.inside import Said
from tests.provision.sweep.ground import Ground
from tests.provision.sweep.state import State, differences, state
from tests.provision.sweep.variants import EXAMPLES

KINDS = ("429", "429-no-retry-after", "500", "503", "504", "cut", "cut-after", "lag-miss")
RATE = 0.3
MOST = 3


@dataclass
class Outcome:
    """How a run went: `wrong` is empty where it went well."""

    name: str
    wrong: list[str] = field(default_factory=list)
    requests: int = 0
    faults: int = 0
    applies: int = 0


def clean(ground: Ground) -> Outcome:
    """`apply`, then a plan without changes, an `apply` that writes nothing, and exactly the state that is asked for."""
    outcome, before = Outcome(ground.variant.name), state(ground)
    done = applied(ground)
    outcome.applies = 1
    if done.code:
        outcome.wrong.append(f"apply ended with {done.code}: {done.err.strip()}")
        return outcome
    settle(ground, before, outcome)
    return outcome


def troubled(ground: Ground, seed: int) -> Outcome:
    """The same with faults at three requests in ten, in up to three `apply`."""
    outcome, before = Outcome(f"{ground.variant.name}, seed {seed}"), state(ground)
    ground.tenant.forget()
    ground.tenant.fault(*KINDS, rate=RATE, seed=seed)
    code = -1
    while outcome.applies < MOST and code in (-1, 4):
        done = applied(ground)
        code, outcome.applies = done.code, outcome.applies + 1
    ground.tenant.end_faults()
    log = ground.tenant.requests()
    outcome.requests, outcome.faults = len(log), sum(bool(request["fault"]) for request in log)
    if code:
        outcome.wrong.append(f"apply {outcome.applies} ended with {code}: {done.err.strip()}")
    else:
        settle(ground, before, outcome)
    return outcome


def killed(ground: Ground, n: int) -> Outcome | None:
    """Killed at the nth request, and the same command again; None where the first ended before that."""
    outcome, before = Outcome(f"{ground.variant.name}, killed at request {n}"), state(ground)
    if not ground.killed_at(n, "apply", "--yes"):
        return None
    code = 4
    while outcome.applies < MOST and code == 4:
        done = applied(ground)
        code, outcome.applies = done.code, outcome.applies + 1
    if code:
        outcome.wrong.append(f"apply after the kill ended with {code}: {done.err.strip()}")
    else:
        settle(ground, before, outcome)
    return outcome


def applied(ground: Ground) -> Said:
    """`apply`; where it hands out a link to a vendor's app, an administrator follows it, and it is run again."""
    done = ground.run("apply", "--yes")
    link = next((word for word in done.err.split() if "adminconsent" in word), None)
    if link is None or done.code != ExitCode.PARTLY or not ground.variant.options.get("vendor_app"):
        return done
    accept(ground, link if "redirect_uri" in link else f"{link}&redirect_uri={quote(EXAMPLES['vendor_redirect'][0])}")
    return ground.run("apply", "--yes")


def settle(ground: Ground, before: State, outcome: Outcome) -> None:
    """Notes whatever is not as it must be after the last `apply`."""
    planned = ground.run("plan", "--exit-code")
    if planned.code:
        outcome.wrong.append(f"plan --exit-code ended with {planned.code}: {planned.out.strip()}{planned.err.strip()}")
    ground.tenant.forget()
    again = ground.run("apply", "--yes")
    if again.code:
        outcome.wrong.append(f"the second apply ended with {again.code}: {again.err.strip()}")
    outcome.wrong += [f"the second apply sent {write}" for write in ground.writes()]
    outcome.wrong += differences(ground, before)
