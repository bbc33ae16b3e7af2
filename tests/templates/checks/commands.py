"""Every call of a script: cmdlets and parameters of the product, named, of the right kind, told how to fail."""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import tree_sitter

from templates import ROOT
from tests.templates.checks.source import Source, line, text, walk

COMMON = {"ErrorAction": "value", "Verbose": "switch", "WarningAction": "value"}
NOT_A_CHANGE = ("Get", "Test", "Connect")


@cache
def table(product: str = "online") -> dict[str, Any]:
    """What the shipped table knows of cmdlets; for Exchange 2007 with that product's own rows instead."""
    loaded: dict[str, Any] = json.loads((ROOT / "tables" / "cmdlets.json").read_text(encoding="utf-8"))
    if product == "2007":
        loaded |= json.loads((ROOT / "tables" / "cmdlets_2007.json").read_text(encoding="utf-8"))
    return loaded


def check_commands(source: Source, product: str = "online") -> Iterator[str]:
    """A sentence for every call that is not as it should be."""
    rows = table(product) | own_functions(source)
    for node in source.nodes("command"):
        name = text(node.child_by_field_name("command_name") or node.children[0])
        where = f"line {line(node)}: {name}"
        if re.fullmatch(r"\d+\.\.\d+", name):  # a range, which the grammar takes for a command
            continue
        if name not in rows:
            yield f"{where} is not a cmdlet of the table"
            continue
        known = rows[name]
        if known["products"] is not None and product not in known["products"]:
            yield f"{where} does not exist in {product}"
        given, problems = arguments(source, node)
        yield from (f"{where}: {problem}" for problem in problems)
        piped = node.prev_named_sibling is not None
        problems = list(_parameters(source, name, known, given, product, piped=piped))
        yield from (f"{where}: {problem}" for problem in problems)


def used(source: Source) -> set[str]:
    """Names of all commands but the script's own functions."""
    names = {text(node.children[0]) for node in source.nodes("command")}
    return {name for name in names if not re.match(r"\d", name)} - own_functions(source).keys()


def own_functions(source: Source) -> dict[str, Any]:
    """The functions of the script as rows of the table."""
    rows: dict[str, Any] = {}
    for node in source.nodes("function_statement"):
        parameters = {
            text(next(walk(given, "variable"))).lstrip("$"): {"kind": "value", "type": text(given)}
            for given in walk(node, "script_parameter")
        }
        name = text(next(walk(node, "function_name")))
        rows[name] = {"products": None, "whatIf": False, "mandatory": [[]], "parameters": parameters}
    return rows


Given = dict[str, tree_sitter.Node | None]


def arguments(source: Source, node: tree_sitter.Node) -> tuple[Given, list[str]]:
    """Parameters with the node of their value (None: a switch), splatted ones included; and what is wrong."""
    given: Given = {}
    problems: list[str] = []
    waiting = ""
    elements = [child for group in walk(node, "command_elements") if group.parent == node for child in group.children]
    for element in elements:
        shown = text(element)
        if element.type == "command_parameter":
            waiting = shown.removeprefix("-")
            if waiting in given:
                problems.append(f"-{waiting} twice")
            given[waiting] = None
        elif element.type == "command_argument_sep":
            continue
        elif shown.startswith("@") and not shown.startswith(("@(", "@{")):
            splatted = splat(source, shown[1:], element)
            if not splatted:
                problems.append(f"{shown} is no hashtable of this script")
            given |= splatted
            waiting = ""
        elif waiting:
            given[waiting] = element
            waiting = ""
        else:
            problems.append(f"positional argument {shown}")
    return given, problems


def splat(source: Source, name: str, use: tree_sitter.Node) -> Given:
    """The keys of the hashtable that `$name` holds where it is splatted: its last literal, and what was set after."""
    keys: Given = {}
    for node in source.nodes("assignment_expression"):
        if node.start_byte > use.start_byte:
            break
        left, value = text(node.children[0]), node.children[-1]
        if left == f"${name}":
            keys = {text(entry.children[0]): entry.children[2] for entry in _entries(value)}
        elif left.startswith(f"${name}."):
            keys[left.split(".", 1)[1]] = value
    return keys


def _entries(value: tree_sitter.Node) -> list[tree_sitter.Node]:
    """The entries of the hashtable literal that `value` is, not those of hashtables inside it."""
    body = next(walk(value, "hash_literal_body"), None)
    return [] if body is None else [child for child in body.children if child.type == "hash_entry"]


def _parameters(
    source: Source, name: str, known: dict[str, Any], given: Given, product: str, *, piped: bool
) -> Iterator[str]:
    for parameter, value in given.items():
        page = known["parameters"].get(parameter)
        kind = page["kind"] if page else COMMON.get(parameter)
        if kind is None:
            yield f"there is no -{parameter} (spelt so)"
            continue
        if page and product not in page.get("products", [product]):
            yield f"-{parameter} does not exist in {product}"
        if kind == "value" and value is None:
            yield f"-{parameter} needs a value"
        if kind != "value" and value is not None and not text(value).startswith("$"):
            yield f"-{parameter} takes a truth value"
        yield from _word(source, parameter, value, page)
    if not piped and not any(set(needed) <= given.keys() for needed in known["mandatory"]):
        yield f"lacks one of {known['mandatory']}"
    if known["products"] is not None:
        yield from _house(name, given, takes_what_if=known["whatIf"])


def _word(source: Source, parameter: str, value: tree_sitter.Node | None, page: dict[str, Any] | None) -> Iterator[str]:
    """A constant for an enumeration must be one of its words."""
    words = (page or {}).get("values")
    constants = [] if value is None else list(walk(value, "string_literal"))
    if words and len(constants) == 1 and text(value) == text(constants[0]):
        word = source.text_of(constants[0])
        if word not in words:
            yield f"-{parameter} takes {', '.join(words)}, not {word}"


def _house(name: str, given: Given, *, takes_what_if: bool) -> Iterator[str]:
    """Exchange calls do not see the script's preferences: every one is told."""
    if text(given.get("ErrorAction")) != "Stop":
        yield "lacks -ErrorAction Stop"
    if takes_what_if and name.split("-", maxsplit=1)[0] not in NOT_A_CHANGE:
        expected = "$false" if name.startswith("Disconnect") else "$WhatIfPreference"
        if text(given.get("WhatIf")) != expected:
            yield f"lacks -WhatIf:{expected}"
        if text(given.get("Confirm")) != "$false":
            yield "lacks -Confirm:$false, so it would ask a second time"
