"""Parameter declarations: attributes and types turned into a signature."""

import re
from typing import TYPE_CHECKING, Any

from simulator.dialect.binding import VALIDATION, Parameter, Signature
from simulator.dialect.convert import each, text, to_int, truth
from simulator.dialect.expressions import named_children
from simulator.dialect.faults import engine
from simulator.dialect.refuse import Refused
from simulator.dialect.values import Array, Value

if TYPE_CHECKING:
    from tree_sitter import Node


def children(node: "Node", kind: str) -> "list[Node]":
    """The children of one kind."""
    return [c for c in node.children if c.type == kind]


def signature_of(compiler: Any, node: "Node | None", name: str) -> Signature:
    """The signature that a param block or an inline list declares."""
    if node is None:
        return Signature(name, [])
    made = Signature(name, [])
    for group in children(node, "attribute_list"):
        for attribute in children(group, "attribute"):
            command_attribute(compiler, attribute, made)
    lists = [node] if node.type == "parameter_list" else children(node, "parameter_list")
    for listed in lists:
        made.parameters += [parameter(compiler, p, made) for p in children(listed, "script_parameter")]
    return made


def parts(compiler: Any, attribute: "Node") -> tuple[str, list[Value], dict[str, Value]]:
    """(lower-case name, positional values, named values) of an attribute; values are constants."""
    head = children(attribute, "attribute_name")[0]
    name = compiler.script.text(head).lower()
    positional: list[Value] = []
    named: dict[str, Value] = {}
    for group in children(attribute, "attribute_arguments"):
        for argument in children(group, "attribute_argument"):
            inner = named_children(argument)
            signed = any(c.type == "=" for c in argument.children)
            if signed:
                named[compiler.script.text(inner[0]).lower()] = constant(compiler, inner[1])
            elif len(inner) == 1 and inner[0].type == "simple_name":
                named[compiler.script.text(inner[0]).lower()] = True
            else:
                for child in inner:
                    value = constant(compiler, child)
                    positional += list(value) if isinstance(value, Array) else [value]
    return name, positional, named


def constant(compiler: Any, node: "Node") -> Value:
    """An attribute's value: a literal, $true, $false, or a minus before a number."""
    words = compiler.script.text(node).lower()
    if words in ("$true", "$false"):
        return words == "$true"
    if "$" in words or "(" in words or "{" in words:
        raise compiler.script.refuse(node)
    return compiler.expr(node)(None)


def command_attribute(compiler: Any, attribute: "Node", made: Signature) -> None:
    """[CmdletBinding(…)] and [OutputType(…)]."""
    if not children(attribute, "attribute_name"):
        raise compiler.script.refuse(attribute)
    name = compiler.script.text(children(attribute, "attribute_name")[0]).lower()
    if name == "outputtype":
        return
    if name != "cmdletbinding":
        raise compiler.script.refuse(attribute)
    _, _, named = parts(compiler, attribute)
    made.advanced = True
    for key, value in named.items():
        if key == "supportsshouldprocess":
            made.should_process = truth(value)
        elif key == "confirmimpact":
            made.impact = text(value)
        elif key == "defaultparametersetname":
            made.default_set = text(value)
        elif key == "positionalbinding":
            made.positional = truth(value)
        else:
            raise compiler.script.refuse(attribute)


def parameter(compiler: Any, node: "Node", made: Signature) -> Parameter:
    """One declared parameter."""
    variable = children(node, "variable")[0]
    spelled = compiler.script.text(variable).lstrip("$")
    compiler.variable_name(variable)
    found = Parameter(spelled)
    for group in children(node, "attribute_list"):
        for attribute in children(group, "attribute"):
            types = children(attribute, "type_literal")
            if types:
                if found.type is not None:
                    raise compiler.script.refuse(attribute)
                found.type = compiler.type_of(types[0])
            else:
                parameter_attribute(compiler, attribute, found, made)
    default = children(node, "script_parameter_default")
    if default:
        found.default = compiler.expr(named_children(default[0])[0])
    return found


def parameter_attribute(compiler: Any, attribute: "Node", found: Parameter, made: Signature) -> None:
    """[Parameter(…)], [Alias(…)], [Validate…(…)], [Allow…()]."""
    name, positional, named = parts(compiler, attribute)
    if name == "parameter":
        made.advanced = True
        parameter_settings(compiler, attribute, found, named)
    elif name == "alias":
        found.aliases = tuple(text(v) for v in positional)
    elif name == "allownull":
        found.allow_null = True
    elif name in ("allowemptystring", "allowemptycollection"):
        found.allow_empty = True
    elif name in VALIDATORS:
        found.validators.append(VALIDATORS[name](found.name, positional))
    else:
        raise compiler.script.refuse(attribute)


def parameter_settings(compiler: Any, attribute: "Node", found: Parameter, named: dict[str, Value]) -> None:
    """The settings of [Parameter(…)]."""
    for key, value in named.items():
        if key == "mandatory":
            found.mandatory = truth(value)
        elif key == "position":
            found.position = to_int(value)
        elif key == "valuefrompipeline":
            found.pipeline = truth(value)
        elif key == "valuefrompipelinebypropertyname":
            found.by_name = truth(value)
        elif key == "parametersetname":
            found.sets = (*found.sets, text(value))
        elif key != "helpmessage":
            raise compiler.script.refuse(attribute)


def invalid(parameter_name: str, function: str, why: str) -> Exception:
    """The engine's error for an argument that a validation refuses."""
    message = f"Cannot validate argument on parameter '{parameter_name}'. {why}"
    return engine(f"ParameterArgumentValidationError,{function}", message, "InvalidData", VALIDATION)


def validate_set(parameter_name: str, allowed: list[Value]) -> Any:
    """[ValidateSet('a', 'b')]: without case; each item of an array."""
    words = [text(a) for a in allowed]

    def check(value: Value, function: str) -> None:
        for item in each(value) if isinstance(value, Array) else [value]:
            if text(item).upper() not in (w.upper() for w in words):
                shown = ",".join(words)
                raise invalid(
                    parameter_name,
                    function,
                    f'The argument "{text(item)}" does not belong to the set "{shown}" specified by the ValidateSet '
                    "attribute. Supply an argument that is in the set and then try the command again.",
                )

    return check


def validate_range(parameter_name: str, limits: list[Value]) -> Any:
    """[ValidateRange(low, high)]"""
    low, high = limits

    def check(value: Value, function: str) -> None:
        for item in each(value) if isinstance(value, Array) else [value]:
            if not low <= item <= high:
                side = "greater than the maximum" if item > high else "less than the minimum"
                raise invalid(parameter_name, function, f"The {text(item)} argument is {side} allowed range.")

    return check


def validate_filled(parameter_name: str, _: list[Value]) -> Any:
    """[ValidateNotNullOrEmpty()]"""

    def check(value: Value, function: str) -> None:
        if value is None or (text(value) == "" and isinstance(value, str)):
            raise invalid(
                parameter_name,
                function,
                "The argument is null or empty. Provide an argument that is not null or empty, and then try the command again.",
            )
        if isinstance(value, Array) and (not value or any(v is None or v == "" for v in value)):
            why = "is null, empty, or an element of the argument collection contains a null value. Supply a collection that does not contain any null values and then try the command again."
            raise invalid(parameter_name, function, f"The argument {why}")

    return check


def validate_pattern(parameter_name: str, patterns: list[Value]) -> Any:
    """[ValidatePattern('…')]"""
    from simulator.dialect.compare import regex

    wanted = regex(text(patterns[0]))

    def check(value: Value, function: str) -> None:
        for item in each(value) if isinstance(value, Array) else [value]:
            if not wanted.search(text(item)):
                raise invalid(
                    parameter_name,
                    function,
                    f'The argument "{text(item)}" does not match the "{text(patterns[0])}" pattern.',
                )

    return check


def validate_count(_: str, __: list[Value]) -> Any:
    """[ValidateCount] and [ValidateLength] are outside the dialect."""
    raise Refused("ValidateCount")


VALIDATORS: dict[str, Any] = {
    "validateset": validate_set,
    "validaterange": validate_range,
    "validatenotnullorempty": validate_filled,
    "validatepattern": validate_pattern,
}
__all__ = ["re", "signature_of"]
