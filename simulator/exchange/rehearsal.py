"""One script run in the simulated Exchange: what it changes, asks, warns of and gives, told as it happens.

`rehearse` hands on events, each a JSON-ready object with one key:
    {"change": {"cmdlet", "target", "before", "after", "line"}}    {"prompt": text}    {"warning": text}
    {"whatIf": text}    {"error": {"message", "id", "line"}}       {"refused": {"what", "line", "why"}}
    {"progress": {"activity", "status"}}
    {"result": object}, once at the end of a run that came to its end
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulator.exchange.errors import NotSimulated
from simulator.exchange.session import PRODUCTS, Change, Session
from simulator.tenant import Tenant

JSON = dict[str, Any]
Tell = Callable[[JSON], None]
_ONLINE = re.compile(r"^#Requires\s+-Modules\b.*ExchangeOnlineManagement", re.I | re.M)
_PRODUCT = re.compile(r"^#\s*Product:\s*(\w+)\s*$", re.I | re.M)


@dataclass
class Order:
    """A script to rehearse. `folder` is where it writes its files; `product` empty: as the script says."""

    source: str
    name: str
    folder: Path
    arguments: Mapping[str, Any] = field(default_factory=dict)
    what_if: bool = False
    product: str = ""

    def chosen_product(self) -> str:
        """The product of the order, of the script, or by default the newest on premises."""
        told = _PRODUCT.search(self.source)
        named = re.search(r"-(2007|2010|2013|2016|2019|se)(?=\.ps1$|-|$)", self.name, re.I)
        if self.product:
            return self.product
        if _ONLINE.search(self.source):
            return "online"
        return told.group(1).lower() if told else named.group(1).lower() if named else "se"


def session_for(order: Order, tenant: Tenant) -> Session:
    """The session that the script finds: the cloud is not connected yet, a management shell always is.

    Raises ValueError for a product that nobody knows.
    """
    product = order.chosen_product()
    if product not in PRODUCTS:
        raise ValueError(f"'{product}' is no product; there are {', '.join(PRODUCTS)}")
    return Session(tenant, product, connected=product != "online")


def rehearse(order: Order, session: Session, tell: Tell, sleep: Callable[[float], None]) -> None:
    """Runs the script to its end, its error or its refusal; everything is told as an event."""
    from simulator.exchange.engine import run

    session.changed = lambda change: tell({"change": change_row(change)})
    try:
        run(order, session, tell, sleep)
    except NotSimulated as missing:
        tell({"refused": {"what": missing.what, "line": session.line, "why": missing.why}})


def change_row(change: Change) -> JSON:
    """A change as it is told."""
    return {
        "cmdlet": change.cmdlet,
        "target": change.target,
        "before": change.before,
        "after": change.after,
        "line": change.line,
    }
