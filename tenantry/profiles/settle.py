"""A profile under chosen options: the parts whose `when` does not hold are gone, and no condition is left."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any, TypeVar

import msgspec

from tenantry.profiles.conditions import FACTS, holds, terms
from tenantry.profiles.model import Profile

T = TypeVar("T")
_LISTS = ("permissions", "forbidden", "consent", "calls", "form")
_TEXTS = ("steps", "renewal", "pitfalls", "better")
_SINGLE = ("credential", "integration_users")


def settled(profile: Profile, values: Mapping[str, Any]) -> Profile:
    """The profile as it is under `values` (options and facts by name; what is left out is false)."""
    given = {name: option.default for name, option in profile.options.items()} | dict(values)
    changed: dict[str, Any] = {name: tuple(_held(getattr(profile, name), given)) for name in _LISTS}
    changed |= {name: tuple(_said(getattr(profile, name), given)) for name in _TEXTS}
    changed |= {name: next(_held([getattr(profile, name)], given), None) for name in _SINGLE}
    return msgspec.structs.replace(profile, **changed)


def variants(profile: Profile) -> Iterator[tuple[dict[str, bool], Profile]]:
    """The profile under every combination of the options that its permissions and calls depend on."""
    whens = [needed.when for needed in profile.permissions] + [call.when for call in profile.declared]
    names = sorted({name for when in whens for name, _ in terms(when)})
    for chosen in product((False, True), repeat=len(names)):
        values = dict(zip(names, chosen, strict=True))
        if _sensible(profile, values):
            yield values, settled(profile, values)


def _sensible(profile: Profile, values: Mapping[str, bool]) -> bool:
    """False where an option is set that has no effect beside the others: the workspace refuses that."""
    options = profile.options
    return all(
        not chosen or name in FACTS or name not in options or holds(options[name].when, values)
        for name, chosen in values.items()
    )


def _held(parts: Iterable[T], values: Mapping[str, Any]) -> Iterator[T]:
    for part in parts:
        when = getattr(part, "when", "")
        if part is not None and holds(when, values):
            yield msgspec.structs.replace(part, when="") if when else part  # type: ignore[type-var]


def _said(texts: Iterable[Mapping[str, str]], values: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    for text in texts:
        if holds(text.get("when", ""), values):
            yield {language: words for language, words in text.items() if language != "when"}
