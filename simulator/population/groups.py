"""The groups of a simulated tenant: few, so they are made at once. Members are (group id, member id) pairs."""

from collections.abc import Iterator
from typing import Any

from simulator.population.ids import Ids, mix
from simulator.population.kinds import Kind, kind_of, room_count, room_index
from simulator.population.people import USER

JSON = dict[str, Any]
GROUP = 2  # kind number in ids
MOST_MEMBERS = 2000  # of one group: enough for tests of paging, little memory at 100,000 accounts
_ON_THE_SWITCHBOARD = frozenset({Kind.PERSON, Kind.OTHER_MAIL, Kind.TWO_ADDRESSES, Kind.UPPER_CASE})

# (alias, display name, what it is)
_GROUPS = (
    ("switchboard", "Switchboard", "mail-enabled security"),
    ("reception", "Reception", "mail-enabled security"),
    ("reception-night", "Reception, natt", "mail-enabled security"),
    ("everyone", "Alla på Contoso", "microsoft 365"),
    ("", "MFA undantag", "security"),
    ("meeting-rooms", "Mötesrum", "mail-enabled security"),
    ("sales", "Försäljning ’Nord’", "distribution"),
    ("", "Łódź & Åre 🎉 'quoted'", "security"),
    ("", "IT (dynamic)", "dynamic"),
    ("", "Empty group", "security"),
)
SWITCHBOARD, RECEPTION, NIGHT, EVERYONE, EXCLUDED, ROOMS, SALES, ODD, DYNAMIC = range(9)


def groups(seed: int, ids: Ids, domain: str) -> list[JSON]:
    """Every group as the directory holds it (shape: graph group)."""
    return [_group(seed, ids, domain, number) for number in range(len(_GROUPS))]


def _group(seed: int, ids: Ids, domain: str, number: int) -> JSON:
    alias, display, what = _GROUPS[number]
    mail = f"{alias}@{domain}" if alias else None
    types = {"microsoft 365": ["Unified"], "dynamic": ["DynamicMembership"]}.get(what, [])
    created = f"20{15 + number}-05-04T06:07:08Z"
    return {
        "id": ids.make(GROUP, number),
        "classification": None,
        "createdDateTime": created,
        "deletedDateTime": None,
        "description": f"{display} ({what})",
        "displayName": display,
        "expirationDateTime": None,
        "groupTypes": types,
        "isAssignableToRole": None,
        "mail": mail,
        "mailEnabled": mail is not None,
        "mailNickname": alias or f"group{mix(seed, 19, number) % 10**9}",
        "membershipRule": '(user.department -eq "IT")' if what == "dynamic" else None,
        "membershipRuleProcessingState": "On" if what == "dynamic" else None,
        "onPremisesLastSyncDateTime": None,
        "onPremisesSecurityIdentifier": None,
        "onPremisesSyncEnabled": None,
        "preferredDataLocation": None,
        "preferredLanguage": None,
        "proxyAddresses": [f"SMTP:{mail}"] if mail else [],
        "renewedDateTime": created,
        "securityEnabled": what in ("security", "mail-enabled security", "dynamic"),
        "securityIdentifier": _sid(seed, number),
        "theme": None,
        "uniqueName": None,
        "visibility": "Public" if what == "microsoft 365" else None,
    }


def _sid(seed: int, number: int) -> str:
    parts = (mix(seed, 23, number, part) % 2**32 for part in range(4))
    return "S-1-12-1-" + "-".join(map(str, parts))


def members(ids: Ids, count: int) -> Iterator[tuple[str, str]]:
    """Who is in which group, as (group id, member id). Switchboard holds Reception, Reception holds Night."""
    for number in range(SWITCHBOARD, NIGHT):
        yield ids.make(GROUP, number), ids.make(GROUP, number + 1)
    for index in range(min(count, MOST_MEMBERS)):
        for number in _memberships(index):
            yield ids.make(GROUP, number), ids.make(USER, index)
    for number in range(min(room_count(count), MOST_MEMBERS)):
        yield ids.make(GROUP, ROOMS), ids.make(USER, room_index(number))


def _memberships(index: int) -> Iterator[int]:
    kind = kind_of(index)
    yield EVERYONE
    if kind in _ON_THE_SWITCHBOARD:
        yield {4: RECEPTION, 9: NIGHT}.get(index % 10, SWITCHBOARD)
    if kind is Kind.GUEST:
        yield SALES
    if index % 20 == 5:
        yield SALES
    if index % 50 in (1, 2, 3):
        yield ODD
    if index % 100 == 6:
        yield EXCLUDED
    if index % 25 == 8:
        yield DYNAMIC
