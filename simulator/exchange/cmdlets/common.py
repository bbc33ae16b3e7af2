"""What several cmdlets need: finding one object, names within their limits, and lists as -Identity gives them."""

from collections.abc import Iterable, Iterator
from typing import Any

from simulator.exchange import opath, recipients, scopes
from simulator.exchange.errors import ambiguous, not_found, too_long
from simulator.exchange.recipients import Recipient
from simulator.exchange.session import Use

JSON = dict[str, Any]
NAME = 64


def one(use: Use, identity: str, details: Iterable[str] = ()) -> Recipient:
    """The single recipient that an identity names. Raises ExchangeError where none or several do."""
    wanted = tuple(details)
    found = [r for r in recipients.find(use.tenant, identity) if not wanted or r.details in wanted]
    if not found:
        raise not_found(identity)
    if len(found) > 1:
        raise ambiguous(identity)
    return found[0]


def chosen(use: Use, everything: Iterable[Recipient], details: Iterable[str]) -> Iterator[Recipient]:
    """What a Get- cmdlet shows: by -Identity (null: all, as the documentation warns), -Filter and -ResultSize."""
    wanted = tuple(details)
    if use.has("Identity") and use.text("Identity"):
        yield one(use, use.text("Identity"), wanted)
        return
    passes = opath.read(use.text("Filter")) if use.text("Filter") else None
    types = {word.lower() for word in use.many("RecipientTypeDetails")}
    limit, count = use.limit(), 0
    for found in everything:
        if found.details not in wanted or (types and found.details.lower() not in types):
            continue
        if passes is not None and not passes.matches(scopes.reader(found)):
            continue
        if limit is not None and count >= limit:
            use.session.warned(f"There are more results available than are currently displayed ({limit}).")
            return
        count += 1
        yield found


def short(parameter: str, name: str) -> str:
    """A name of at most 64 characters. Raises ExchangeError."""
    if len(name) > NAME:
        raise too_long(parameter, NAME)
    return name


def row_named(use: Use, collection: str, identity: str) -> JSON:
    """The object of a collection with a name, Guid or identity. Raises ExchangeError."""
    low = identity.lower()
    keys = ("Name", "Guid", "Identity", "ObjectId", "AppId", "DisplayName")
    for row in use.tenant.collection(collection).iterate():
        if not row.get("@removed") and low in {str(row[key]).lower() for key in keys if row.get(key)}:
            return row
    raise not_found(identity)


def shown(row: JSON) -> JSON:
    """A stored object without what is ours."""
    return {key: value for key, value in row.items() if not key.startswith("@") and key != "id"}
