"""One PowerShell session with Exchange: the tenant it works on, whether it is connected, and what it changed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator.exchange.errors import ExchangeError
from simulator.exchange.tables import cmdlets

if TYPE_CHECKING:
    from simulator.tenant import Tenant

JSON = dict[str, Any]
PRODUCTS = ("online", "se", "2019", "2016", "2013", "2010", "2007")


@dataclass
class Change:
    """One thing that a cmdlet changed, or with -WhatIf would have changed."""

    cmdlet: str
    target: str
    before: Any
    after: Any
    line: int


@dataclass
class Session:
    """`changed` is told every change, `warned` every warning; `line` is the script's line that runs now.

    `within` does a piece of a cmdlet's work where the tenant's state may be touched.
    `can` keeps the offline kind from answering what the evidence does not tell: it gets the cmdlet's name.
    """

    tenant: "Tenant"
    product: str = "online"
    changed: Callable[[Change], None] = lambda _: None
    warned: Callable[[str], None] = lambda _: None
    can: Callable[[str], None] = lambda _: None
    connected: bool = False
    line: int = 0
    calls: int = 0
    before_each: Callable[[str], None] = lambda _: None
    after_each: Callable[[str], None] = lambda _: None
    connections: int = 0
    within: Callable[[Callable[[], Any]], Any] = lambda work: work()

    @property
    def online(self) -> bool:
        """Whether it is Exchange Online."""
        return self.product == "online"


@dataclass
class Use:
    """One use of a cmdlet: what was given, by the parameters' full names and in plain values."""

    session: Session
    name: str
    given: Mapping[str, Any]
    what_if: bool = False

    @property
    def tenant(self) -> "Tenant":
        """The tenant of the session."""
        return self.session.tenant

    def has(self, name: str) -> bool:
        """Whether a parameter was given, be it null."""
        return name in self.given

    def text(self, name: str, default: str = "") -> str:
        """A parameter's text; empty for null."""
        value = self.given.get(name, default)
        return "" if value is None else str(value)

    def flag(self, name: str) -> bool:
        """A switch or Boolean."""
        return bool(self.given.get(name))

    def many(self, name: str) -> list[str]:
        """A list of texts; a single value is a list of one."""
        value = self.given.get(name)
        if value is None:
            return []
        return [str(item) for item in value] if isinstance(value, (list, tuple)) else [str(value)]

    def limit(self, default: int = 1000) -> int | None:
        """-ResultSize: None is Unlimited."""
        if not self.has("ResultSize"):
            return default
        words = self.text("ResultSize")
        if words.lower() == "unlimited":
            return None
        if not words.isdigit():
            raise ExchangeError("ParameterBindingException", f"Cannot convert '{words}' to Unlimited.", words)
        return int(words)

    def change(self, target: str, before: Any, after: Any, do: Callable[[], object]) -> bool:
        """Does a change and tells it; with -WhatIf it is only told. True where it was done."""
        if not self.what_if:
            do()
        self.session.changed(Change(self.name, target, before, after, self.session.line))
        return not self.what_if


@dataclass(frozen=True)
class Cmdlet:
    """One cmdlet: which of its documented parameters are simulated, and what it does."""

    name: str
    parameters: tuple[str, ...]
    work: Callable[[Use], Iterator[JSON]]
    asks: bool = False  # prompts unless -Confirm:$false
    free: bool = False  # needs no connection

    def documented(self, product: str) -> JSON:
        """What the documentation says of it in a product; empty where it is not there."""
        table = cmdlets()
        page: JSON = table.get(f"2007 {self.name}" if product == "2007" else self.name, {})
        return page if product in page.get("products", ()) else {}


@dataclass(frozen=True)
class Shown:
    """An object within a row: how it prints, and its own properties."""

    text: str
    properties: Mapping[str, Any]

    def __str__(self) -> str:
        return self.text
