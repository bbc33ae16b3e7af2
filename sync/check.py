"""Tries each link of the chain without changing anything: neither in the tenant nor in the runner's store."""

from itertools import islice
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from sync import instants
from sync.links import Fault, fault, missing, needed, not_granted, short, unserved
from sync.matching import Wanted
from sync.model import Link, Match, Person
from sync.sources.calendars import View, read_calendars
from sync.sources.interface import Door
from sync.sources.users import read_users
from sync.status import ORDER, credential, status
from sync.store import Store
from sync.store.memory import MemoryStore
from tenantry.errors import GraphError, TenantryError, UsageError
from tenantry.integration import IntegrationFile

SAMPLE = 20  # mailboxes that are read on trial: one $batch
NAMED = 5  # addresses named in a sentence


class LinkState(msgspec.Struct, frozen=True):
    """One link: good, broken, or null where it could not be told; `fact` says what is so, `fix` what to do."""

    link: Link
    ok: bool | None
    fact: str
    fix: str = ""


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """CONTRACTS' answer of `sync check` for one integration."""

    tenant: str
    integration: str
    links: list[LinkState]

    @property
    def broken(self) -> bool:
        """Whether any link is broken."""
        return any(link.ok is False for link in self.links)


class _Found(NamedTuple):
    """What the trial of users gave: the first matches, how many in all, and which wanted keys found nobody."""

    first: list[Match]
    matched: int
    lacking: list[str]


async def check(file: IntegrationFile, door: Door | TenantryError, store: Store | None, now: int) -> Checked:
    """Tries the links in the order of the chain; what depends on a broken one cannot be told.

    Args:
        file: The integration.
        door: Open to its tenant, or the error why it could not be opened.
        store: The runner's own, None where it never worked.
        now: The time of the tenant.
    """
    links: dict[Link, LinkState] = {"required": _required(file), "state": _state(file, store, now)}
    ended = credential(file, now)
    links["credential"] = (
        _broken(ended.fault) if ended.fault else _good("credential", _credential_fact(file, ended.remark))
    )
    if unserved(file):
        return _checked(file, links)
    try:
        if isinstance(door, TenantryError):
            raise door
        roles = (await door.claims()).get("roles") or ()
    except TenantryError as error:
        why = fault(error) if not isinstance(error, UsageError) else Fault("credential", error.what, error.fix)
        links[why.link] = _broken(why)
    else:
        lacking = missing(file, roles)
        links["granted"] = (
            _broken(not_granted(lacking)) if lacking else _good("granted", f"Granted: {', '.join(sorted(roles))}.")
        )
        await _try_reading(file, door, now, links)
    return _checked(file, links)


def _checked(file: IntegrationFile, links: dict[Link, LinkState]) -> Checked:
    """The answer, with what was not tried said so."""
    return Checked(
        tenant=file.tenant.name,
        integration=file.integration,
        links=[links.get(link) or _untold(link) for link in ORDER],
    )


async def _try_reading(file: IntegrationFile, door: Door, now: int, links: dict[Link, LinkState]) -> None:
    """Reads the users, and the calendars of a few people found among them."""
    try:
        found = await _users(file, door)
    except TenantryError as error:
        why = fault(error)
        links.setdefault(why.link, _broken(why))
        return
    links["addresses"] = _addresses(file, found)
    if found.first:
        links["scoped"] = await _scoped(file, door, found.first, now)


async def _users(file: IntegrationFile, door: Door) -> _Found:
    """Matches against the directory as it is now, in memory that is dropped afterwards."""
    wanted, trial = Wanted(file), MemoryStore()
    async for page in read_users(door):
        trial.stage_users(user for user in page if wanted.interested(user))
    found: list[Match] = []
    matched: set[str] = set()
    for match in wanted.match(trial.staged_users()):
        matched.add(match.key)
        if match.follow and len(found) < SAMPLE:
            found.append(match)
    return _Found(found, len(matched), sorted(wanted.keys - matched))


async def _scoped(file: IntegrationFile, door: Door, first: list[Match], now: int) -> LinkState:
    """Whether calendars of people can be read; whether all others are kept out is the audit's question."""
    people = [Person(**match._asdict()) for match in islice(first, SAMPLE)]
    view = View(now, file.rules, ZoneInfo(file.time_zone))
    try:
        readings = [reading async for reading in read_calendars(door, people, view)]
    except TenantryError as error:
        return _broken(fault(error)._replace(link="scoped"))
    errors = [reading.error for reading in readings if reading.error is not None]
    if len(errors) == len(people):
        why = fault(errors[0])
        return LinkState("scoped", False if errors[0].status == 403 else None, why.fact, why.fix)
    denied = f" {len(errors)} not: {_reasons(errors)}." if errors else ""
    fact = f"{len(people) - len(errors)} of {len(people)} calendars tried can be read.{denied}"
    return _good("scoped", f"{fact} Whether others are kept out, `tenantry audit` tells.")


def _reasons(errors: list[GraphError]) -> str:
    return ", ".join(sorted({short(error) for error in errors}))


def _required(file: IntegrationFile) -> LinkState:
    lacking = unserved(file)
    if lacking:
        fact = (
            f"`tenantry sync` does not serve this integration yet: it reads users and calendars as the app itself, and "
            f"the profile {file.profile} asks for no application permission to read {' and '.join(lacking)}."
        )
        fix = "Leave it out here: `tenantry provision verify` proves it, and the consuming system does the syncing."
        return LinkState("required", False, fact, fix)
    return _good("required", f"The integration file asks for {', '.join(needed(file))}.")


def _addresses(file: IntegrationFile, found: _Found) -> LinkState:
    if file.people.all:
        fact = f"{found.matched} users have an address."
        return LinkState("addresses", found.matched > 0, fact, "" if found.matched else "Give the users a mailbox.")
    configured = found.matched + len(found.lacking)
    fact = f"{found.matched} of {configured} people are matched."
    if found.lacking:
        more = ", …" if len(found.lacking) > NAMED else ""
        fact += f" Nobody has the address of {', '.join(found.lacking[:NAMED])}{more}"
    fix = (
        "Compare the switchboard's addresses with the users' `mail`; aliases are not matched." if found.lacking else ""
    )
    return LinkState("addresses", found.matched > 0, fact, fix)


def _state(file: IntegrationFile, store: Store | None, now: int) -> LinkState:
    """Whether records flow, from the runner's own store."""
    rounds = {} if store is None else store.rounds()
    if store is None or not rounds:
        return LinkState("state", None, "The runner has not worked yet.", "Start `tenantry sync run`.")
    stands = status(file, store, now)
    if stands.link == "state":
        return LinkState("state", False, stands.fact, stands.fix)
    if stands.link is not None:
        return LinkState("state", False, f"The last round failed: {stands.fact}", stands.fix)
    return _good("state", f"The calendars were last read at {instants.text(rounds['calendars'].last)}.")


def _credential_fact(file: IntegrationFile, remark: str) -> str:
    if file.credential is None:
        return "The file names no credential."
    until = f" until {file.credential.expires}" if file.credential.expires else ""
    return f"The {file.credential.kind} is good{until}. {remark}".strip()


def _good(link: Link, fact: str) -> LinkState:
    return LinkState(link, True, fact)


def _broken(why: Fault) -> LinkState:
    return LinkState(why.link, False, why.fact, why.fix)


def _untold(link: Link) -> LinkState:
    return LinkState(link, None, "Could not be told, because another link is broken.")
