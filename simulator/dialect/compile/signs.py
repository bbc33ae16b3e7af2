"""The signs that need nothing but their operands."""

from collections.abc import Callable

from simulator.dialect.casts import cast
from simulator.dialect.convert import each, is_collection, text, truth
from simulator.dialect.faults import Thrown
from simulator.dialect.operators import arith, compare, form, patterns, wildcard
from simulator.dialect.refuse import Refused
from simulator.dialect.run.frame import Frame
from simulator.dialect.types import lookup
from simulator.dialect.values import Array, Hash, NetType, Value

Binary = Callable[[Value, Value], Value]


def over(test: Callable[[Value, Value], bool]) -> Binary:
    """A comparison that filters when its left operand is a collection."""

    def work(left: Value, right: Value) -> Value:
        if isinstance(left, Array):
            return Array.of([item for item in left if test(item, right)], loose=left.loose)
        if is_collection(left):
            return Array.of([item for item in each(left) if test(item, right)])
        return test(left, right)

    return work


def like(sign: Binary) -> Binary:
    """-like over a collection: what fits is given out as text."""

    def work(left: Value, right: Value) -> Value:
        made = sign(left, right)
        return Array.of((text(item) for item in made), loose=made.loose) if isinstance(made, Array) else made

    return work


def folding(name: str, negated: str, test: Callable[[Value, Value, bool], bool]) -> dict[str, Binary]:
    """`-eq`, `-ieq`, `-ceq` and their negation, filtering collections."""
    made: dict[str, Binary] = {}
    for prefix, fold in (("", True), ("i", True), ("c", False)):
        made[f"-{prefix}{name}"] = over(lambda a, b, f=fold: test(a, b, f))  # type: ignore[misc]
        made[f"-{prefix}{negated}"] = over(lambda a, b, f=fold: not test(a, b, f))  # type: ignore[misc]
    return made


def orders() -> dict[str, Binary]:
    """-lt, -le, -gt, -ge."""
    signs: dict[str, Callable[[int], bool]] = {
        "lt": lambda n: n < 0,
        "le": lambda n: n <= 0,
        "gt": lambda n: n > 0,
        "ge": lambda n: n >= 0,
    }
    made: dict[str, Binary] = {}
    for name, holds in signs.items():
        for prefix, fold in (("", True), ("i", True), ("c", False)):
            made[f"-{prefix}{name}"] = over(lambda a, b, t=holds, f=fold: t(ordered(a, b, f)))  # type: ignore[misc]
    return made


def ordered(left: Value, right: Value, fold: bool) -> int:
    """The order of two values; one that cannot be compared is refused."""
    try:
        return compare.order(left, right, fold)
    except Thrown as thrown:
        raise Refused("") from thrown


def containing() -> dict[str, Binary]:
    """-contains, -in and their negations."""
    made: dict[str, Binary] = {}
    for prefix, fold in (("", True), ("i", True), ("c", False)):
        made[f"-{prefix}contains"] = lambda a, b, f=fold: compare.contains(a, b, f)  # type: ignore[misc]
        made[f"-{prefix}notcontains"] = lambda a, b, f=fold: not compare.contains(a, b, f)  # type: ignore[misc]
        made[f"-{prefix}in"] = lambda a, b, f=fold: compare.contains(b, a, f)  # type: ignore[misc]
        made[f"-{prefix}notin"] = lambda a, b, f=fold: not compare.contains(b, a, f)  # type: ignore[misc]
    return made


OPERATORS: dict[str, Binary] = {
    "+": arith.add,
    "-": arith.subtract,
    "*": arith.multiply,
    "/": arith.divide,
    "%": arith.modulo,
    "..": arith.spread,
    "-join": arith.join,
    "-f": form.formatted,
    "-band": arith.bits(lambda a, b: a & b),
    "-bor": arith.bits(lambda a, b: a | b),
    "-bxor": arith.bits(lambda a, b: a ^ b),
    "-shl": arith.shift(right_=False),
    "-shr": arith.shift(right_=True),
    "-split": lambda a, b: patterns.split(a, b, True),
    "-isplit": lambda a, b: patterns.split(a, b, True),
    "-csplit": lambda a, b: patterns.split(a, b, False),
    **folding("eq", "ne", compare.equal),
    **{sign: like(work) for sign, work in folding("like", "notlike", wildcard.like).items()},
    **orders(),
    **containing(),
}
UNARY: dict[str, Callable[[Value], Value]] = {
    "-not": lambda v: not truth(v),
    "!": lambda v: not truth(v),
    "-": arith.negate,
    "+": arith.positive,
    "-bnot": arith.inverted,
    "-join": lambda v: arith.join(v, ""),
    "-split": patterns.split_blanks,
    "-isplit": patterns.split_blanks,
    ",": lambda v: Array.of([v]),
}


def with_frame(sign: str) -> Callable[[Frame, Value, Value], Value] | None:
    """Signs that need more than their operands: -match, -replace, -is, -as."""
    if sign.endswith("match"):
        fold, negated = not sign.startswith("-c"), "not" in sign

        def matching(frame: Frame, left: Value, right: Value) -> Value:
            keep: Callable[[Hash], None] = lambda found: frame.scope.set("matches", found)  # noqa: E731
            return patterns.match(left, right, fold=fold, negated=negated, keep=keep)

        return matching
    if sign.endswith("replace"):
        fold = not sign.startswith("-c")
        return lambda frame, a, b: patterns.replace(a, b, fold, frame.engine.block_value(frame))
    if sign in ("-is", "-isnot"):
        return lambda _, a, b: compare.is_type(a, kind_of(b)) == (sign == "-is")
    return as_type if sign == "-as" else None


def kind_of(value: Value) -> NetType:
    """The right side of -is and -as: a type, or its name."""
    return value if isinstance(value, NetType) else lookup(text(value))


def as_type(_: Frame, left: Value, right: Value) -> Value:
    """-as: null where the conversion fails."""
    try:
        return cast(kind_of(right), left)
    except Thrown:
        return None
