"""Turns the tree of a `$filter` into a predicate on raw objects, after checking it against the metadata."""

import operator
from collections.abc import Callable, Mapping
from typing import Any

from simulator.odata import types
from simulator.odata.syntax import Among, Both, Compare, Function, Lambda, Literal, Node, Not, Path, moment

JSON = dict[str, Any]
Scope = dict[str, Any]  # "" is the object itself, other names are variables of any() and all()
Value = Callable[[Scope], Any]

_ORDERED: Mapping[str, Callable[[Any, Any], bool]] = {
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
_KIND_NAMES = {
    "string": "Edm.String",
    "int": "Edm.Int32",
    "float": "Edm.Double",
    "bool": "Edm.Boolean",
    "datetime": "Edm.DateTimeOffset",
    "guid": "Edm.Guid",
}
_OPERATOR_NAMES = {
    "eq": "Equal",
    "ne": "NotEqual",
    "gt": "GreaterThan",
    "ge": "GreaterThanOrEqual",
    "lt": "LessThan",
    "le": "LessThanOrEqual",
    "has": "Has",
}
_NUMBERS = frozenset({"Edm.Int16", "Edm.Int32", "Edm.Int64", "Edm.Double", "Edm.Single", "Edm.Decimal"})


class FilterMeaningError(Exception):
    """The filter can be read but says nothing about these objects: unknown property, types that do not meet."""


def predicate(node: Node, entity: str) -> Callable[[JSON], bool]:
    """A test on raw objects of an entity type. Raises FilterMeaningError."""
    test = _Compiler(entity).value(node, {})
    return lambda row: test({"": row}) is True


class _Compiler:
    def __init__(self, entity: str) -> None:
        self._entity = entity

    def value(self, node: Node, variables: dict[str, str]) -> Value:
        """The closure that gives a node's value; `variables` have their types."""
        match node:
            case Literal(_, literal):
                return lambda _scope: literal
            case Path(steps):
                return self._path(steps, variables)[0]
            case Function() | Compare() | Lambda():
                return self._test(node, variables)
            case Among(left, values):
                tests = [self._compare(Compare("eq", left, one), variables) for one in values]
                return lambda scope: any(test(scope) for test in tests)
            case Not(inner):
                test = self.value(inner, variables)
                return lambda scope: test(scope) is not True
        return self._both(node, variables)

    def _test(self, node: Function | Compare | Lambda, variables: dict[str, str]) -> Value:
        if isinstance(node, Function):
            return self._function(node, variables)
        return self._compare(node, variables) if isinstance(node, Compare) else self._lambda(node, variables)

    def _both(self, node: Both, variables: dict[str, str]) -> Value:
        first, second = self.value(node.left, variables), self.value(node.right, variables)
        if node.operator == "and":
            return lambda scope: first(scope) is True and second(scope) is True
        return lambda scope: first(scope) is True or second(scope) is True

    def _path(self, steps: tuple[str, ...], variables: dict[str, str]) -> tuple[Value, str]:
        """The closure of a property path and the type at its end ("" where the metadata does not say)."""
        start, kind, rest = "", self._entity, steps
        if steps[0] in variables:
            start, kind, rest = steps[0], variables[steps[0]], steps[1:]
        names: list[str] = []
        counted = bool(rest) and rest[-1] == "$count"
        for step in rest[:-1] if counted else rest:
            if step.startswith("microsoft.graph."):  # a cast: goes on with the properties of the derived type
                kind = step.removeprefix("microsoft.graph.")
                continue
            name, kind = _step(step, kind)
            names.append(name)
        if counted:
            return (lambda scope: len(_follow(scope[start], names) or ())), "Edm.Int32"
        return (lambda scope: _follow(scope[start], names)), kind

    def _function(self, node: Function, variables: dict[str, str]) -> Value:
        if node.name == "isof":
            return self._isof(node)
        arguments = [self.value(one, variables) for one in node.arguments]
        if node.name in ("tolower", "toupper"):
            inner = arguments[0]
            return lambda scope: _folded(inner(scope))
        if len(arguments) != 2:
            raise FilterMeaningError(
                f"No function signature for the function with name '{node.name}' matches the specified arguments."
            )
        first, second = arguments
        tests: dict[str, Callable[[str, str], bool]] = {
            "startswith": str.startswith,
            "endswith": str.endswith,
            "contains": str.__contains__,
        }
        test = tests[node.name]

        def run(scope: Scope) -> bool:
            text, part = _folded(first(scope)), _folded(second(scope))
            return isinstance(text, str) and isinstance(part, str) and test(text, part)

        return run

    def _isof(self, node: Function) -> Value:
        """`isof('microsoft.graph.ipNamedLocation')`: whether the object is of a derived type."""
        literal = node.arguments[-1]
        wanted = f"#{literal.value}" if isinstance(literal, Literal) else ""
        return lambda scope: (scope[""].get("@odata.type") or f"#microsoft.graph.{self._entity}") == wanted

    def _compare(self, node: Compare, variables: dict[str, str]) -> Value:
        left, right = self._side(node.left, variables), self._side(node.right, variables)
        _check_kinds(node.operator, left[1], right[1])
        as_time = "Edm.DateTimeOffset" in (left[1], right[1])
        first, second = (_timed(left[0]), _timed(right[0])) if as_time else (left[0], right[0])
        if node.operator == "has":
            return lambda scope: _flags(second(scope)) <= _flags(first(scope))
        if node.operator in ("eq", "ne"):
            wanted = node.operator == "eq"
            return lambda scope: (_folded(first(scope)) == _folded(second(scope))) is wanted
        ordered = _ORDERED[node.operator]

        def run(scope: Scope) -> bool:
            one, two = _folded(first(scope)), _folded(second(scope))
            try:
                return one is not None and two is not None and ordered(one, two)
            except TypeError:
                return False

        return run

    def _side(self, node: Node, variables: dict[str, str]) -> tuple[Value, str]:
        """One side of a comparison and its type, "" where it takes any."""
        if isinstance(node, Path):
            return self._path(node.steps, variables)
        kind = _KIND_NAMES.get(node.kind, "") if isinstance(node, Literal) else ""
        return self.value(node, variables), kind

    def _lambda(self, node: Lambda, variables: dict[str, str]) -> Value:
        items, kind = self._path(node.path.steps, variables)
        if node.body is None:
            return lambda scope: bool(items(scope))
        body = self.value(node.body, {**variables, node.variable: types.item(kind)})
        every, name = node.kind == "all", node.variable

        def run(scope: Scope) -> bool:
            found = (body({**scope, name: one}) is True for one in items(scope) or ())
            return all(found) if every else any(found)

        return run


def _step(step: str, kind: str) -> tuple[str, str]:
    """The name as the metadata writes it, and the type behind it."""
    base = types.item(kind)
    if base not in types.table():
        return step, ""
    known = types.canonical(base).get(step.lower())
    if known is None:
        if types.table()[base].get("open") and step.startswith("extension_"):
            return step, ""
        raise FilterMeaningError(f"Could not find a property named '{step}' on type 'microsoft.graph.{base}'.")
    return known, (types.properties(base).get(known) or types.relationships(base)[known])


def _follow(value: Any, names: list[str]) -> Any:
    for name in names:
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def _folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def _flags(value: Any) -> frozenset[str]:
    """The members of a flag enum: comma-separated, in any order."""
    return frozenset(part.strip().casefold() for part in value.split(",")) if isinstance(value, str) else frozenset()


def _timed(value: Value) -> Value:
    def run(scope: Scope) -> Any:
        got = value(scope)
        try:
            return moment(got) if isinstance(got, str) else got
        except ValueError:
            return None

    return run


def _check_kinds(word: str, left: str, right: str) -> None:
    """Refuses comparisons of primitive types that do not meet, as the service does."""
    one, two = left.rstrip("?"), right.rstrip("?")
    if not one.startswith("Edm.") or not two.startswith("Edm.") or one == two:
        return
    if {one, two} <= _NUMBERS or ({one, two} == {"Edm.Guid", "Edm.String"} and one == "Edm.Guid"):
        return
    if {one, two} <= {"Edm.DateTimeOffset", "Edm.Date"}:
        return
    raise FilterMeaningError(
        "A binary operator with incompatible types was detected. "
        f"Found operand types '{one}' and '{two}' for operator kind '{_OPERATOR_NAMES[word]}'."
    )
