"""Faults on order: which request meets which mishap, by rate and seed or by number.

Kinds: the statuses 429 (with and without Retry-After), 500, 503, 504; `timeout` (silence, then a closed
connection); `cut` (closed before any work); `cut-after` (the work is done, the answer is not sent); `lag-miss`
(answered as by a replica that has not heard of a new object); `hang` (held until released: the work is done then
only if the client is still there, so a killed client's request never was).
"""

import asyncio
import random
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

KINDS = ("429", "429-no-retry-after", "500", "503", "504", "timeout", "cut", "cut-after", "lag-miss", "hang")
BY_RATE = tuple(kind for kind in KINDS if kind != "hang")
IN_BATCH = frozenset({"429", "429-no-retry-after", "500", "503", "504", "lag-miss"})
CMDLETS = "EXCHANGE"  # stands where requests have their method
SILENCE = 2.0
_FIELDS = frozenset({"rate", "seed", "kinds", "match", "nth", "limit", "silence", "retryAfter"})


@dataclass
class Rule:
    """One order of faults. `nth` counts matching requests from 1 and hits that one only; else `rate` decides."""

    kinds: tuple[str, ...] = BY_RATE
    rate: float = 1.0
    seed: int = 1
    match: re.Pattern[str] = re.compile("")
    nth: int | None = None
    limit: int | None = None
    silence: float = SILENCE  # seconds of wall time that a `timeout` keeps quiet
    retry_after: int | None = None  # seconds for Retry-After; by the seed where not given
    seen: int = 0
    made: int = 0
    dice: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.dice = random.Random(f"faults of seed {self.seed}")

    def decide(self, names: Iterable[str], able: Callable[[str], bool]) -> "Fault | None":
        """The fault for a request known by these names (`METHOD path` in its spellings), None for none."""
        if not any(self.match.search(name) for name in names):
            return None
        self.seen += 1
        if self.limit is not None and self.made >= self.limit:
            return None
        hit = self.seen == self.nth if self.nth is not None else self.dice.random() < self.rate
        kinds = [kind for kind in self.kinds if able(kind)] if hit else []
        if not kinds:
            return None
        self.made += 1
        return Fault(self.dice.choice(kinds), self.silence, self.retry_after or self.dice.randint(1, 10))

    def told(self) -> dict[str, Any]:
        """The rule and what it did so far, as the door tells it."""
        return {
            "rate": self.rate,
            "seed": self.seed,
            "kinds": list(self.kinds),
            "match": self.match.pattern,
            "nth": self.nth,
            "limit": self.limit,
            "seen": self.seen,
            "made": self.made,
        }


@dataclass(frozen=True)
class Fault:
    """One mishap: its kind, how long a silence lasts (wall seconds), and what Retry-After says (simulated seconds)."""

    kind: str
    silence: float = SILENCE
    retry_after: int = 1


class Faults:
    """The rules in force. Several add up: the first that hits a request decides; rules by number go first."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []
        self._release = asyncio.Event()
        self.held = 0

    def add(self, rule: Rule) -> None:
        """Puts one more rule in force."""
        self._rules.append(rule)
        self._rules.sort(key=lambda known: known.nth is None)

    def end(self) -> None:
        """Ends all rules and releases what hangs."""
        self._rules.clear()
        self._release.set()
        self._release = asyncio.Event()

    async def hold(self) -> None:
        """Waits until `end`."""
        self.held += 1
        try:
            await self._release.wait()
        finally:
            self.held -= 1

    def decide(self, method: str, path: str, able: Callable[[str], bool]) -> Fault | None:
        """The fault for a request, None for none. `able` says which kinds make sense for it."""
        if not self._rules:
            return None
        names = _names(method, path)
        chosen: Fault | None = None
        for rule in self._rules:  # each counts what it sees, also when another has hit already
            found = rule.decide(names, able) if chosen is None else rule.decide(names, lambda _: False)
            chosen = chosen or found
        return chosen

    def decide_cmdlet(self, name: str, able: Callable[[str], bool]) -> Fault | None:
        """The fault for a cmdlet of Exchange: only rules whose `match` begins with EXCHANGE are about cmdlets."""
        for rule in self._rules:
            if rule.match.pattern.startswith(CMDLETS):
                found = rule.decide([f"{CMDLETS} {name}"], able)
                if found is not None:
                    return found
        return None

    def told(self) -> dict[str, Any]:
        """All rules, and how many requests hang."""
        return {"rules": [rule.told() for rule in self._rules], "held": self.held}


def _names(method: str, path: str) -> set[str]:
    """How a rule may name a request: with the version or without, percent-encoded or not."""
    bare = path.removeprefix("/v1.0")
    return {f"{method} {name}" for name in (path, unquote(path), bare, unquote(bare))}


def parse(order: Mapping[str, Any]) -> Rule:
    """A rule out of the door's JSON; ValueError says what is wrong with it."""
    unknown = sorted(set(order) - _FIELDS)
    if unknown:
        raise ValueError(f"unknown field {unknown[0]!r}; known are {', '.join(sorted(_FIELDS))}")
    nth = _number(order, "nth")
    kinds = tuple(str(kind) for kind in order.get("kinds") or BY_RATE)
    strange = [kind for kind in kinds if kind not in KINDS]
    if strange:
        raise ValueError(f"unknown kind {strange[0]!r}; known are {', '.join(KINDS)}")
    rate = order.get("rate", 1.0)
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 <= rate <= 1:
        raise ValueError("rate is a number from 0 to 1")
    silence = order.get("silence", SILENCE)
    if isinstance(silence, bool) or not isinstance(silence, int | float) or silence < 0:
        raise ValueError("silence is a number of seconds")
    return Rule(
        kinds=kinds,
        rate=float(rate),
        seed=int(order.get("seed") or 1),
        match=_pattern(order.get("match") or ""),
        nth=nth,
        limit=_number(order, "limit"),
        silence=float(silence),
        retry_after=_number(order, "retryAfter"),
    )


def _number(order: Mapping[str, Any], name: str) -> int | None:
    value = order.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"{name} is a whole number from 1")
    return value


def _pattern(text: Any) -> re.Pattern[str]:
    try:
        return re.compile(str(text))
    except re.error as error:
        raise ValueError(f"match is no regular expression: {error}") from None
