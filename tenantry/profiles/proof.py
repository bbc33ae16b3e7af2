"""Proves a profile: its permissions suffice for its calls, none is idle, and more than needed is the vendor's wish.

The table says which permissions allow a call (`dev_tables.permission_calls`, from Microsoft's permissions model).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from tenantry.integration import PermissionType
from tenantry.profiles.model import Call, Needed, Profile
from tenantry.profiles.rights_table import RightsTable
from tenantry.profiles.settle import variants

UNPROTECTED = ("POST /$batch",)  # each request inside is authorised on its own
Verdict = Literal["needed", "vendor", "more", "idle", "missing", "unknown", "undocumented"]
_FINE: tuple[Verdict, ...] = ("needed", "vendor")


class Judged(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One permission, or one call that has none, under some options."""

    under: Annotated[dict[str, bool], Meta(description="The options that its conditions speak of.")]
    what: Annotated[str, Meta(description="Permission, or call where none allows it.")]
    type: Annotated[PermissionType, Meta(description="application or delegated.")]
    verdict: Annotated[
        Verdict,
        Meta(description="needed and vendor are fine; more, idle, missing, unknown and undocumented are not."),
    ]
    fact: Annotated[str, Meta(description="One sentence.")]
    narrower: Annotated[str, Meta(description="The permission that would do for the declared calls.")] = ""

    @property
    def ok(self) -> bool:
        """Whether it may stay as it is."""
        return self.verdict in _FINE


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What was found about one profile."""

    profile: Annotated[str, Meta(description="Its name.")]
    suffices: Annotated[bool, Meta(description="Whether every declared call is allowed, under all options.")]
    ok: Annotated[
        bool, Meta(description="Whether it also asks for nothing idle, and for more only as its vendor does.")
    ]
    judged: Annotated[tuple[Judged, ...], Meta(description="Permissions and calls.")]


def prove(profile: Profile) -> Checked:
    """Judges every permission and call of the whole profile (`profiles.read`) under every combination of options."""
    table = RightsTable.shipped()
    found: list[Judged] = []
    for values, variant in variants(profile):
        found += _judge(values, variant, table)
    found += _documented(profile)
    suffices = not any(judged.verdict in ("missing", "unknown") for judged in found)
    return Checked(profile=profile.name, suffices=suffices, ok=all(j.ok for j in found), judged=tuple(found))


def _judge(values: Mapping[str, bool], profile: Profile, table: RightsTable) -> Iterator[Judged]:
    under = dict(values)
    for kind in ("application", "delegated"):
        calls = [call for call in profile.declared if call.type == kind and call.call not in UNPROTECTED]
        wanted = [needed for needed in profile.permissions if needed.type == kind and _graph(needed)]
        held = frozenset(needed.name for needed in wanted)
        for call in calls:
            if not table.knows(call):
                fact = "is not in the table of calls, so it cannot be judged."
                yield Judged(under=under, what=str(call), type=kind, verdict="unknown", fact=fact)
            elif not table.allows(call, held):
                least = " or ".join(table.least(call)) or "no permission of this type"
                fact = f"is not allowed: it needs {least}."
                yield Judged(under=under, what=str(call), type=kind, verdict="missing", fact=fact)
        known = [call for call in calls if table.knows(call)]
        others = _others(wanted, known, table)
        for needed in wanted:
            yield _permission(under, needed, others[needed.name], known, table)
        yield from _elsewhere(under, (n for n in profile.permissions if n.type == kind and not _graph(n)))


def _others(wanted: Sequence[Needed], calls: Sequence[Call], table: RightsTable) -> dict[str, frozenset[str]]:
    """Beside which others each permission is judged: of two that do the same, the wider one is the idle one."""
    kept = {needed.name for needed in wanted}
    found: dict[str, frozenset[str]] = {}
    for needed in sorted(wanted, key=lambda n: (-table.reach(n), n.name)):
        held = frozenset(kept)
        lost = [call for call in calls if table.allows(call, held) and not table.allows(call, held - {needed.name})]
        if not lost:
            kept.discard(needed.name)
        found[needed.name] = held - {needed.name}
    return {name: frozenset(kept - {name}) if name in kept else rest for name, rest in found.items()}


def _elsewhere(under: dict[str, bool], wanted: Iterable[Needed]) -> Iterator[Judged]:
    """Permissions of other APIs than Graph, whose calls no table speaks of: only a vendor's wish is a reason."""
    for needed in wanted:
        fact = f"is of {needed.resource}, whose calls no table speaks of"
        verdict: Verdict = "vendor" if needed.vendor_requires else "undocumented"
        asked = f"asked for by: {needed.vendor_requires}; {fact}." if needed.vendor_requires else f"{fact}."
        yield Judged(under=under, what=needed.name, type=needed.type, verdict=verdict, fact=asked)


def _permission(
    under: dict[str, bool], needed: Needed, others: frozenset[str], calls: Sequence[Call], table: RightsTable
) -> Judged:
    """Whether the calls need it beside the others, and whether a narrower one would do."""
    held = others | {needed.name}
    serves = [call for call in calls if table.allows(call, held) and not table.allows(call, others)]
    narrower = table.narrowest(serves, needed, others)
    asked = bool(needed.vendor_requires)
    if not serves:
        spare = any(table.allows(call, {needed.name}) for call in calls)
        fact = f"no declared call needs it{f' beside {_and(others)}' if spare and others else ''}."
    elif narrower:
        fact = f"is more than its calls need; {narrower} would do."
    else:
        fact = f"serves {', '.join(map(str, serves))}."
    verdict: Verdict = "needed"
    if asked and (narrower or not serves):
        fact = f"asked for by: {needed.vendor_requires}; {fact}"
        verdict = "vendor" if not narrower or needed.narrower else "more"
    elif not serves:
        verdict = "idle"
    elif narrower:
        verdict = "more"
    wrong = [call for call in needed.serves if not _serves(call, needed, calls, table)]
    if wrong:
        verdict, fact = "idle", f"does not serve {', '.join(wrong)}, as it says."
    return Judged(under=under, what=needed.name, type=needed.type, verdict=verdict, fact=fact, narrower=narrower)


def _serves(text: str, needed: Needed, calls: Iterable[Call], table: RightsTable) -> bool:
    """Whether the permission has to do with that call; one that these options leave out is not held against it."""
    meant = [call for call in calls if call.call == text]
    return not meant or any(table.speaks_of(call, needed.name) for call in meant)


def _documented(profile: Profile) -> Iterator[Judged]:
    """The vendor's list and the permissions it is the reason for, held against each other."""
    if profile.vendor is None:
        return
    lists: dict[PermissionType, tuple[str, ...]] = {
        "application": profile.vendor.application,
        "delegated": profile.vendor.delegated,
    }
    for kind, listed in lists.items():
        asked = {needed.name for needed in profile.permissions if needed.type == kind and needed.vendor_requires}
        for name in sorted(set(listed) - asked):
            fact = f"the vendor's document asks for it, but no permission stands for that: {profile.vendor.source}."
            yield Judged(under={}, what=name, type=kind, verdict="missing", fact=fact)
        for name in sorted(asked - set(listed)):
            fact = "is said to be the vendor's wish, but is not on the vendor's list."
            yield Judged(under={}, what=name, type=kind, verdict="undocumented", fact=fact)


def _and(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def _graph(needed: Needed) -> bool:
    return needed.resource == "Microsoft Graph"
