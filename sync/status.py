"""How the sync of one integration stands, told from its store and its file alone: nothing is asked of Microsoft."""

from typing import NamedTuple

import msgspec

from sync import flow, instants
from sync.links import Fault
from sync.model import Link, People, Round, RoundName
from sync.store import Store
from tenantry.integration import IntegrationFile

SOON = 14 * instants.DAY  # a credential that ends within this time is mentioned
OVERDUE = instants.DAY  # a round that nobody planned a next one for (`sync once`) is old after this time
ORDER: tuple[Link, ...] = ("required", "granted", "scoped", "credential", "addresses", "state")
ROUNDS: tuple[RoundName, ...] = ("users", "calendars")


class RoundStatus(msgspec.Struct, frozen=True):
    """The last round of a kind; null before the first."""

    last: str | None = None
    ok: bool | None = None
    next: str | None = None
    error: str | None = None


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """CONTRACTS' answer of `sync status` for one integration. `stale` counts people whose calendar is held."""

    tenant: str
    integration: str
    ok: bool
    link: Link | None
    fact: str
    people: People
    rounds: dict[str, RoundStatus]
    stale: int
    fix: str = ""


class Credential(NamedTuple):
    """What the file says of the credential at one time: the fault if it has ended, else a remark or nothing."""

    fault: Fault | None = None
    remark: str = ""


def status(file: IntegrationFile, store: Store | None, now: int) -> Status:
    """The status at `now`; `store` is None where the runner never worked."""
    rounds = {} if store is None else store.rounds()
    people = (store.people() if store else None) or _nobody_yet(file)
    stale = store.stale() if store else 0
    broken = _broken(file, store, people, now)
    return Status(
        tenant=file.tenant.name,
        integration=file.integration,
        ok=broken is None,
        link=None if broken is None else broken.link,
        fact=_fine(file, rounds, people, stale, now) if broken is None else broken.fact,
        fix="" if broken is None else broken.fix,
        people=people,
        rounds={name: _round(rounds.get(name)) for name in ROUNDS},
        stale=stale,
    )


def credential(file: IntegrationFile, now: int) -> Credential:
    """Whether the credential the file names is still good, by its own date."""
    if file.credential is None or file.credential.expires is None:
        return Credential()
    left = instants.parse(file.credential.expires) - now
    if left <= 0:
        fix = "Run `tenantry provision apply` for a new one, and enter it at the vendor."
        return Credential(Fault("credential", f"The credential ended at {file.credential.expires}.", fix))
    days = left // instants.DAY
    return Credential(remark=f"The credential ends in {days} days." if left < SOON else "")


def _broken(file: IntegrationFile, store: Store | None, people: People, now: int) -> Fault | None:
    """The first broken link in the order of the chain."""
    rounds = {} if store is None else store.rounds()
    faults = [Fault(done.link, done.error or "") for done in rounds.values() if done.link is not None]
    ended = credential(file, now).fault
    if ended is not None:
        faults.append(ended)
    if not people.matched and "users" in rounds and rounds["users"].ok:
        faults.append(_nobody(people))
    faults += _old(rounds, now)
    faults += flow.faults(file, store, now)
    return min(faults, key=lambda fault: ORDER.index(fault.link), default=None)


def _nobody(people: People) -> Fault:
    """The users can be read, so it is the addresses."""
    if not people.configured:
        return Fault(
            "addresses", "No people are configured, or no user has an address.", "See `people` in tenantry.toml."
        )
    fix = "Compare the switchboard's addresses with the users' `mail`; aliases are not matched."
    return Fault("addresses", f"None of {people.configured} addresses belongs to a user.", fix)


def _old(rounds: dict[str, Round], now: int) -> list[Fault]:
    """State does not flow where no round was done, or the next one is long overdue."""
    done = rounds.get("calendars")
    if done is None:
        return [Fault("state", "The calendars were never read.", "Start `tenantry sync run`.")]
    until = done.last + OVERDUE if done.next is None else done.next + max(done.next - done.last, instants.HOUR)
    if now <= until:
        return []
    return [
        Fault("state", f"The calendars were last read at {instants.text(done.last)}.", "Start `tenantry sync run`.")
    ]


def _fine(file: IntegrationFile, rounds: dict[str, Round], people: People, stale: int, now: int) -> str:
    """The fact where no link is broken."""
    facts = [f"{people.matched} of {people.configured} people are matched."]
    if people.duplicate:
        facts.append(f"{people.duplicate} addresses belong to several users; `sync explain` tells which is taken.")
    if stale:
        facts.append(f"{stale} are stale.")
    facts += [done.error for done in rounds.values() if done.error]
    facts.append(credential(file, now).remark)
    return " ".join(fact for fact in facts if fact)


def _nobody_yet(file: IntegrationFile) -> People:
    """Before the first users round only the configuration is known."""
    configured = len({person.key for person in file.people.listed})
    return People(configured=configured, unmatched=configured)


def _round(done: Round | None) -> RoundStatus:
    if done is None:
        return RoundStatus()
    return RoundStatus(
        instants.text(done.last), done.ok, None if done.next is None else instants.text(done.next), done.error
    )
