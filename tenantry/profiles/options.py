"""The options of an integration, held against those that its profile knows."""

import re
from collections.abc import Mapping
from typing import Any

from tenantry.profiles.conditions import holds, terms
from tenantry.profiles.model import Option, Profile, Values
from tenantry.toml import Document, closest
from tenantry.toml.positions import Path as KeyPath

_WORDS = {"boolean": "true or false", "integer": "a whole number", "text": "text", "texts": "a list of texts"}


def resolve_options(document: Document, table: Mapping[str, Any], at: KeyPath, profile: Profile) -> Values:
    """Every option of the profile with its value. Reports unknown ones, wrong values, and those without effect."""
    values: Values = {name: option.default for name, option in profile.options.items()}
    for name, value in table.items():
        option = profile.options.get(name)
        if option is None:
            fix = closest(name, profile.options) or f"{profile.name} has no options."
            document.report((*at, name), f"{profile.name} has no such option.", fix)
        elif _right(document, value, (*at, name), option):
            values[name] = value
    for name in table:
        option = profile.options.get(name)
        if option is not None and values[name] != option.default and not holds(option.when, values):
            document.report((*at, name), f"contradicts {_against(option.when, values)}.", "Leave one of the two out.")
    return values


def _against(when: str, values: Mapping[str, Any]) -> str:
    """The option that stands in the way, as it is or should be written."""
    for name, wanted in terms(when):
        if bool(values.get(name)) is not wanted:
            return f"{name}, which is left out" if wanted else f"{name} = {str(values[name]).lower()}"
    return when


def _right(document: Document, value: Any, at: KeyPath, option: Option) -> bool:
    """Whether the value is of the option's type; reported where it is not."""
    kinds = {"boolean": bool, "integer": int, "text": str, "texts": list}
    fits = isinstance(value, kinds[option.type]) and (option.type == "boolean" or not isinstance(value, bool))
    if not fits or (option.type == "texts" and not all(isinstance(item, str) for item in value)):
        document.report(at, f"must be {_WORDS[option.type]}.")
        return False
    if option.type == "integer" and value < option.least:
        document.report(at, f"must be at least {option.least}, not {value}.")
        return False
    texts = value if option.type == "texts" else [value] if option.type == "text" else []
    return all(_text(document, text, (*at, *_place(option, i)), option) for i, text in enumerate(texts))


def _text(document: Document, text: str, at: KeyPath, option: Option) -> bool:
    if not text.strip() and option.type == "texts":
        document.report(at, "must not be empty.")
        return False
    if not text.isprintable():
        document.report(at, "must not hold control or text-direction characters.")
        return False
    if text and option.must and not re.fullmatch(option.must, text):
        document.report(at, f'"{text}" is not of the right form.', option.help.get("en", ""))
        return False
    return True


def _place(option: Option, index: int) -> tuple[int, ...]:
    return (index,) if option.type == "texts" else ()
