"""Expressions compiled to closures, one method a node kind; a node kind without a method is refused."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from simulator.dialect import arith, compare
from simulator.dialect.convert import each, narrow, to_int
from simulator.dialect.faults import Thrown, engine
from simulator.dialect.frame import NOTHING, Emit, Expr, Frame, Stmt, plain
from simulator.dialect.members import call_method, get_index, get_member, set_index, set_member
from simulator.dialect.refuse import Refused
from simulator.dialect.statics import call_static, get_static
from simulator.dialect.strings import expandable
from simulator.dialect.tree import Script
from simulator.dialect.types import coerce, lookup
from simulator.dialect.values import Array, Hash, Int64, NetList, NetType, ScriptBlock, Value, type_name

if TYPE_CHECKING:
    from tree_sitter import Node

Binary = Callable[[Value, Value], Value]
Store = Callable[[Frame, Value], None]


def over(test: Callable[[Value, Value], bool]) -> Binary:
    """A comparison that filters when its left operand is a collection."""

    def work(left: Value, right: Value) -> Value:
        if isinstance(left, Array | NetList):
            return Array.of([item for item in left if test(item, right)])
        return test(left, right)

    return work


def _fold_pairs(name: str, test: Callable[[Value, Value, bool], bool], negated: str) -> dict[str, Binary]:
    """`-eq`, `-ieq`, `-ceq` and their negation."""
    made: dict[str, Binary] = {}
    for prefix, fold in (("", True), ("i", True), ("c", False)):
        made[f"-{prefix}{name}"] = over(lambda a, b, f=fold: test(a, b, f))  # type: ignore[misc]
        made[f"-{prefix}{negated}"] = over(lambda a, b, f=fold: not test(a, b, f))  # type: ignore[misc]
    return made


def _orders() -> dict[str, Binary]:
    signs: dict[str, Callable[[int], bool]] = {
        "lt": lambda n: n < 0,
        "le": lambda n: n <= 0,
        "gt": lambda n: n > 0,
        "ge": lambda n: n >= 0,
    }
    return {f"-{n}": over(lambda a, b, t=t: t(compare.order(a, b))) for n, t in signs.items()}  # type: ignore[misc]


def _members() -> dict[str, Binary]:
    made: dict[str, Binary] = {}
    for prefix, fold in (("", True), ("i", True), ("c", False)):
        made[f"-{prefix}contains"] = lambda a, b, f=fold: compare.contains(a, b, f)  # type: ignore[misc]
        made[f"-{prefix}notcontains"] = lambda a, b, f=fold: not compare.contains(a, b, f)  # type: ignore[misc]
        made[f"-{prefix}in"] = lambda a, b, f=fold: compare.contains(b, a, f)  # type: ignore[misc]
        made[f"-{prefix}notin"] = lambda a, b, f=fold: not compare.contains(b, a, f)  # type: ignore[misc]
        made[f"-{prefix}replace"] = lambda a, b, f=fold: arith.replace(a, b, f)  # type: ignore[misc]
        made[f"-{prefix}split"] = lambda a, b, f=fold: arith.split(a, b, f)  # type: ignore[misc]
    return made


OPERATORS: dict[str, Binary] = {
    "+": arith.add,
    "-": arith.subtract,
    "*": arith.multiply,
    "/": arith.divide,
    "%": arith.modulo,
    "-join": arith.join,
    "-f": arith.format_,
    **_fold_pairs("eq", compare.equal, "ne"),
    **_fold_pairs("like", compare.like, "notlike"),
    **_orders(),
    **_members(),
}


class Expressions:
    """The half of the compiler that makes values."""

    def __init__(self, script: Script) -> None:
        self.script = script

    # -- what the other half gives
    def statements(self, node: "Node | None") -> Stmt:
        """A statement list (the other half of the compiler)."""
        raise self.script.refuse(node) if node is not None else AssertionError

    def chain(self, node: "Node") -> "tuple[Stmt, Expr]":
        """A pipeline (the other half of the compiler)."""
        raise self.script.refuse(node)

    def block(self, node: "Node") -> Callable[[Frame], ScriptBlock]:
        """A script block (the other half of the compiler)."""
        raise self.script.refuse(node)

    def expr(self, node: "Node") -> Expr:
        """The closure of an expression node."""
        maker = getattr(self, f"e_{node.type}", None)
        if maker is None:
            raise self.script.refuse(node)
        made: Expr = maker(node)
        return made

    def named(self, node: "Node", what: str, work: Expr) -> Expr:
        """Gives refusals that arise while it runs the name and line they lack."""
        line = self.script.line(node)

        def run(frame: Frame) -> Value:
            try:
                return work(frame)
            except Refused as refusal:
                if not refusal.line:
                    raise Refused(what, line) from refusal
                raise

        return run

    # -- wrappers
    def e_unary_expression(self, node: "Node") -> Expr:
        return self.expr(only(self.script, node))

    def e_expression_with_unary_operator(self, node: "Node") -> Expr:
        first = node.children[0]
        if len(node.children) == 1:
            return self.expr(first)
        sign = self.script.text(first).lower()
        value = self.expr(node.children[-1])
        works: dict[str, Callable[[Value], Value]] = {
            "-not": lambda v: not arith.logical(v),
            "!": lambda v: not arith.logical(v),
            "-": arith.negate,
            "+": lambda v: arith.add(0, v),
            "-join": lambda v: arith.join(v, ""),
            ",": lambda v: Array.of([v]),
        }
        if sign not in works:
            raise self.script.refuse(first)
        work = works[sign]
        return self.named(node, self.script.text(first), lambda frame: work(value(frame)))

    def e_parenthesized_expression(self, node: "Node") -> Expr:
        inner = named_children(node)
        if len(inner) != 1:
            raise self.script.refuse(node, "(")
        return self.value_of(inner[0])

    def value_of(self, node: "Node") -> Expr:
        """A pipeline or assignment as a value."""
        if node.type in ("pipeline", "pipeline_chain"):
            value = self.chain(node)[1]
            return lambda frame: plain(value(frame))
        return self.expr(node)

    def e_sub_expression(self, node: "Node") -> Expr:
        body = self.body_of(node)

        def run(frame: Frame) -> Value:
            out: list[Value] = []
            body(frame, out.append)
            return plain(collected(out))

        return run

    def e_array_expression(self, node: "Node") -> Expr:
        body = self.body_of(node)

        def run(frame: Frame) -> Value:
            out: list[Value] = []
            body(frame, out.append)
            return Array.of(out)

        return run

    def body_of(self, node: "Node") -> Stmt:
        """The statements between the brackets of `$( )` and `@( )`."""
        inner = named_children(node)
        return self.statements(inner[0] if inner else None)

    def e_array_literal_expression(self, node: "Node") -> Expr:
        items = [self.expr(child) for child in named_children(node)]
        return lambda frame: Array.of([item(frame) for item in items])

    def e_range_expression(self, node: "Node") -> Expr:
        first, last = (self.expr(child) for child in named_children(node))

        def run(frame: Frame) -> Value:
            a, b = to_int(first(frame)), to_int(last(frame))
            return Array.of(range(a, b + 1) if a <= b else range(a, b - 1, -1))

        return self.named(node, "..", run)

    # -- literals
    def e_integer_literal(self, node: "Node") -> Expr:
        words = self.script.text(node).lower()
        value: Value
        if words.isdigit():
            value = narrow(int(words))
        elif words[:-1].isdigit() and words[-1] == "l":
            value = Int64(int(words[:-1]))
        elif words[:-2].isdigit() and words[-2:] in SIZES:
            value = narrow(int(words[:-2]) * SIZES[words[-2:]])
        elif words.startswith("0x") and len(words) <= 9:
            value = int(words, 16)
        else:
            raise self.script.refuse(node)
        return lambda _: value

    def e_real_literal(self, node: "Node") -> Expr:
        words = self.script.text(node)
        try:
            value = float(words)
        except ValueError:
            raise self.script.refuse(node) from None
        return lambda _: value

    def e_string_literal(self, node: "Node") -> Expr:
        inner = only(self.script, node)
        if inner.type == "verbatim_string_characters":
            value = self.script.literal(inner)
            return lambda _: value
        if inner.type == "expandable_string_literal":
            return self.named(node, '"', expandable(self, inner))
        raise self.script.refuse(node)

    def e_hash_literal_expression(self, node: "Node") -> Expr:
        bodies = [c for c in node.children if c.type == "hash_literal_body"]
        entries = [e for b in bodies for e in b.children if e.type == "hash_entry"]
        pairs = [(self.hash_key(e.children[0]), self.hash_value(e)) for e in entries]

        def run(frame: Frame) -> Value:
            made = Hash()
            for key, value in pairs:
                name = key(frame)
                if name in made:
                    raise Refused(str(name))
                made.put(name, plain(value(frame)))
            return made

        return self.named(node, "@{", run)

    def hash_key(self, node: "Node") -> Expr:
        """A key: a bare word or an expression."""
        inner = only(self.script, node)
        if inner.type == "simple_name":
            name = self.script.text(inner)
            return lambda _: name
        return self.expr(inner)

    def hash_value(self, entry: "Node") -> Expr:
        """The value of a pair, which is a statement."""
        values = [c for c in named_children(entry) if c.type != "key_expression"]
        if len(values) != 1:
            raise self.script.refuse(entry)
        return self.statement_value(values[0])

    def statement_value(self, node: "Node") -> Expr:
        """A pipeline's value, or what `if`, `foreach`, `switch` emit, collected."""
        if node.type in ("pipeline", "pipeline_chain"):
            return self.chain(node)[1]
        if node.type == "assignment_expression":
            return self.expr(node)
        body = self.statements(node)

        def run(frame: Frame) -> Value:
            out: list[Value] = []
            body(frame, out.append)
            return collected(out)

        return run

    def e_script_block_expression(self, node: "Node") -> Expr:
        return self.block(node)

    # -- variables, members
    def variable_name(self, node: "Node") -> str:
        """The lower-case name without `$` and braces."""
        words = self.script.text(node)
        bare = words[2:-1] if words.startswith("${") else words[1:]
        if not bare or not all(c.isalnum() or c in "_:" for c in bare) or words.startswith("@"):
            raise self.script.refuse(node)
        return bare.lower()

    def e_variable(self, node: "Node") -> Expr:
        raw = self.raw_variable(node)
        return lambda frame: plain(raw(frame))

    def raw_variable(self, node: "Node") -> Expr:
        """The variable as a pipeline sees it, which tells nothing from null."""
        name = self.variable_name(node)
        if name in UNKNOWN:
            raise self.script.refuse(node)
        return lambda frame: frame.scope.get(name)

    def e_member_access(self, node: "Node") -> Expr:
        target, static, name = self.member_parts(node)
        if static:
            kind = self.type_of(node.children[0])
            return self.named(node, self.member_text(node), lambda frame: get_static(kind, name(frame)))
        return self.named(node, self.member_text(node), lambda frame: get_member(target(frame), name(frame), frame))

    def member_text(self, node: "Node") -> str:
        return self.script.text(next(c for c in node.children if c.type == "member_name"))

    def member_parts(self, node: "Node") -> tuple[Expr, bool, Expr]:
        """(target, is it static, name)."""
        static = any(c.type == "::" for c in node.children)
        member = next((c for c in node.children if c.type == "member_name"), None)
        if member is None:
            raise self.script.refuse(node)
        inner = only(self.script, member)
        if inner.type == "simple_name":
            words = self.script.text(inner)
            return (lambda _: None) if static else self.expr(node.children[0]), static, lambda _: words
        if inner.type not in ("string_literal", "variable"):
            raise self.script.refuse(node)
        return (lambda _: None) if static else self.expr(node.children[0]), static, self.expr(inner)

    def e_invocation_expression(self, node: "Node") -> Expr:
        raw = self.raw_invocation(node)
        return lambda frame: plain(raw(frame))

    def raw(self, node: "Node") -> Expr:
        """An expression as a pipeline sees it, where a call or variable may hold nothing rather than null."""
        while node.type in ("unary_expression", "expression_with_unary_operator") and len(node.children) == 1:
            node = node.children[0]
        if node.type == "variable":
            return self.raw_variable(node)
        if node.type == "invocation_expression":
            return self.raw_invocation(node)
        if node.type == "parenthesized_expression":
            inner = named_children(node)
            if len(inner) == 1 and inner[0].type in ("pipeline", "pipeline_chain"):
                return self.chain(inner[0])[1]
        return self.expr(node)

    def raw_invocation(self, node: "Node") -> Expr:
        """A method call; one of type void gives nothing."""
        target, static, name = self.member_parts(node)
        arguments = self.arguments(next(c for c in node.children if c.type == "argument_list"))
        what = self.member_text(node)
        if static:
            kind = self.type_of(node.children[0])
            return self.named(
                node, what, lambda frame: call_static(kind, name(frame), [a(frame) for a in arguments], frame)
            )
        return self.named(
            node, what, lambda frame: call_method(target(frame), name(frame), [a(frame) for a in arguments], frame)
        )

    def arguments(self, node: "Node") -> list[Expr]:
        """The arguments of a method call."""
        inner = [c for c in node.children if c.type == "argument_expression_list"]
        return [self.expr(only(self.script, a)) for a in named_children(inner[0])] if inner else []

    def e_element_access(self, node: "Node") -> Expr:
        parts = named_children(node)
        target, index = self.expr(parts[0]), self.expr(parts[1])
        return self.named(node, "[", lambda frame: get_index(target(frame), index(frame)))

    # -- types
    def type_of(self, node: "Node") -> NetType:
        """The type that a literal names."""
        if node.type != "type_literal":
            raise self.script.refuse(node)
        try:
            return lookup(self.script.text(node)[1:-1].strip())
        except Refused:
            raise self.script.refuse(node, self.script.text(node)) from None

    def e_type_literal(self, node: "Node") -> Expr:
        kind = self.type_of(node)
        return lambda _: kind

    def e_cast_expression(self, node: "Node") -> Expr:
        kind = self.type_of(node.children[0])
        value = self.expr(node.children[-1])
        if kind.name in ("ordered", "System.Management.Automation.PSCustomObject"):
            value = self.ordered_literal(node.children[-1], kind, value)
        words = self.script.text(node.children[0])
        return self.named(node, words, lambda frame: coerce(kind, value(frame)))

    def ordered_literal(self, node: "Node", kind: NetType, value: Expr) -> Expr:
        """`[ordered]@{…}` and `[pscustomobject]@{…}` keep the order in which the pairs stand."""
        inner = node
        while len(inner.children) == 1:
            inner = inner.children[0]
        literal = inner.type == "hash_literal_expression"
        if kind.name == "ordered" and not literal:
            raise self.script.refuse(node, "[ordered]")

        def run(frame: Frame) -> Value:
            made = value(frame)
            if literal and isinstance(made, Hash):
                made.ordered = True
            return made

        return run

    # -- operators
    def binary(self, node: "Node") -> Expr:
        parts = [c for c in node.children if c.type != "comment"]
        if len(parts) != 3:
            raise self.script.refuse(node)
        sign = self.script.text(parts[1])
        low = sign.lower()
        left, right = self.expr(parts[0]), self.expr(parts[2])
        if low in ("-match", "-notmatch", "-imatch", "-cmatch", "-inotmatch", "-cnotmatch"):
            return self.named(node, sign, self.matching(low, left, right))
        if low in ("-is", "-isnot"):
            return self.named(node, sign, self.is_a(low, left, right))
        if low in ("-as",) or low not in OPERATORS:
            raise Refused(sign, self.script.line(parts[1]))
        work = OPERATORS[low]
        return self.named(node, sign, lambda frame: work(left(frame), right(frame)))

    def matching(self, sign: str, left: Expr, right: Expr) -> Expr:
        """-match; `$Matches` is kept by the engine, but reading it is outside the dialect."""
        fold, negated = not sign.startswith("-c"), "not" in sign

        def run(frame: Frame) -> Value:
            value, pattern = left(frame), compare.regex(arith.text(right(frame)), fold)
            if isinstance(value, Array | NetList):
                return Array.of([v for v in value if (pattern.search(arith.text(v)) is None) == negated])
            return (pattern.search(arith.text(value)) is None) == negated

        return run

    def is_a(self, sign: str, left: Expr, right: Expr) -> Expr:
        """-is and -isnot."""

        def run(frame: Frame) -> Value:
            value, kind = left(frame), right(frame)
            if not isinstance(kind, NetType):
                raise Refused(sign)
            return compare.is_type(value, kind, type_name(value)) == (sign == "-is")

        return run

    e_additive_expression = binary
    e_multiplicative_expression = binary
    e_comparison_expression = binary
    e_format_expression = binary

    def e_logical_expression(self, node: "Node") -> Expr:
        left, right = self.expr(node.children[0]), self.expr(node.children[2])
        sign = self.script.text(node.children[1]).lower()
        if sign == "-and":
            return lambda frame: arith.logical(left(frame)) and arith.logical(right(frame))
        if sign == "-or":
            return lambda frame: arith.logical(left(frame)) or arith.logical(right(frame))
        if sign == "-xor":
            return lambda frame: arith.logical(left(frame)) != arith.logical(right(frame))
        raise self.script.refuse(node.children[1])

    # -- assignment
    def target(self, node: "Node") -> Store:
        """What assigning to that expression does."""
        while node.type in ("left_assignment_expression", "unary_expression", "expression_with_unary_operator") and (
            len(node.children) == 1
        ):
            node = node.children[0]
        if node.type == "variable":
            name = self.variable_name(node)
            if name in UNKNOWN or name in ("_", "psitem", "pscmdlet", "psboundparameters"):
                raise self.script.refuse(node)
            return lambda frame, value: frame.scope.set(name, value)
        if node.type == "cast_expression":
            return self.typed_target(node)
        if node.type == "member_access":
            target, static, name_of = self.member_parts(node)
            if static:
                raise self.script.refuse(node)
            return lambda frame, value: set_member(target(frame), name_of(frame), plain(value))
        if node.type == "element_access":
            parts = named_children(node)
            base, index = self.expr(parts[0]), self.expr(parts[1])
            return lambda frame, value: set_index(base(frame), index(frame), plain(value))
        if node.type == "array_literal_expression":
            return self.several(node)
        raise self.script.refuse(node)

    def typed_target(self, node: "Node") -> Store:
        """`[int] $x = …` types the variable for good."""
        kind = self.type_of(node.children[0])
        inner = node.children[-1]
        while inner.type == "unary_expression" and len(inner.children) == 1:
            inner = inner.children[0]
        if inner.type != "variable":
            raise self.script.refuse(node)
        name = self.variable_name(inner)
        first = lambda v: coerce(kind, plain(v))  # noqa: E731 (bound twice below)
        return lambda frame, value: frame.scope.set(name, first(value), lambda v: again(kind, plain(v)))

    def several(self, node: "Node") -> Store:
        """`$a, $b = …`: the last takes what is left."""
        targets = [self.target(child) for child in named_children(node)]

        def run(frame: Frame, value: Value) -> None:
            items = each(plain(value))
            for place, store in enumerate(targets):
                if place == len(targets) - 1 and len(items) > len(targets):
                    store(frame, Array.of(items[place:]))
                else:
                    store(frame, items[place] if place < len(items) else None)

        return run

    def e_assignment_expression(self, node: "Node") -> Expr:
        sign = self.script.text(next(c for c in node.children if c.type == "assignment_operator"))
        value = self.assigned(node)
        left = node.children[0]
        store = self.target(left)
        if sign == "=":

            def assign(frame: Frame) -> Value:
                made = value(frame)
                store(frame, made)
                return plain(made)

            return self.named(node, "=", assign)
        if sign[:-1] not in ("+", "-", "*", "/", "%"):
            raise self.script.refuse(node, sign)
        before, work = self.expr(only(self.script, left)), OPERATORS[sign[:-1]]
        own = self.owned(left)

        def update(frame: Frame) -> Value:
            own(frame)
            made = work(before(frame), plain(value(frame)))
            store(frame, made)
            return made

        return self.named(node, sign, update)

    def owned(self, node: "Node") -> Callable[[Frame], None]:
        """A check before `+=` and `++`: in a function they would read the variable of that scope only."""
        inner = node
        while inner.type != "variable" and len(inner.children) == 1:
            inner = inner.children[0]
        if inner.type != "variable" or ":" in (name := self.variable_name(inner)):
            return lambda _: None
        words, line = self.script.text(inner), self.script.line(inner)

        def check(frame: Frame) -> None:
            if name not in frame.scope.names:
                raise Refused(words, line)

        return check

    def assigned(self, node: "Node") -> Expr:
        """The right side; a pipeline without output is nothing, which is not quite null."""
        right = node.child_by_field_name("value")
        if right is None:
            raise self.script.refuse(node)
        inner = right if right.type != "assignment_value" else named_children(right)[0]
        return self.statement_value(inner)

    def step(self, node: "Node") -> Expr:
        """`$i++` and `++$i`: the new value is stored; whole numbers only."""
        signs = [c for c in node.children if c.type in ("++", "--")]
        operand = next(c for c in node.children if c.is_named)
        after = node.children[-1].type in ("++", "--")
        read, store = self.expr(operand), self.target(operand)
        change = 1 if signs[0].type == "++" else -1
        own = self.owned(operand)

        def run(frame: Frame) -> Value:
            own(frame)
            old = read(frame)
            new = arith.add(0 if old is None else old, change)
            if isinstance(old, str):
                raise Refused(signs[0].type)
            store(frame, new)
            return (0 if old is None else old) if after else new

        return self.named(node, signs[0].type, run)

    e_post_increment_expression = step
    e_pre_increment_expression = step
    e_post_decrement_expression = step
    e_pre_decrement_expression = step


# automatic variables that the dialect does not keep
UNKNOWN = ("matches", "lastexitcode", "ofs", "foreach", "input", "args", "error", "myinvocation", "pscommandpath")
UNKNOWN += ("psscriptroot", "switch", "this", "stacktrace", "home", "pid", "profile", "pwd", "psversiontable", "host")
UNKNOWN += (
    "executioncontext",
    "sender",
    "event",
    "psculture",
    "psuiculture",
    "iswindows",
    "shellid",
    "nestedpromptlevel",
)
SIZES = {"kb": 1024, "mb": 1024**2, "gb": 1024**3}


def again(kind: NetType, value: Value) -> Value:
    """A later assignment to a typed variable; what does not fit is an error of its own kind."""
    try:
        return coerce(kind, value)
    except Thrown as thrown:
        raise engine("RuntimeException", thrown.record.exception.message, "MetadataError") from thrown


def named_children(node: "Node") -> "list[Node]":
    """The children that are not signs or comments."""
    return [c for c in node.children if c.is_named and c.type not in ("comment", "command_argument_sep")]


def only(script: Script, node: "Node") -> "Node":
    """The one child of a wrapper."""
    inner = [c for c in node.children if c.type not in ("comment", "command_argument_sep")]
    if len(inner) != 1:
        raise script.refuse(node)
    return inner[0]


def collected(out: list[Value]) -> Value:
    """What several emitted values are as one: nothing, the value, an array."""
    if not out:
        return NOTHING
    return out[0] if len(out) == 1 else Array.of(out)


__all__ = ["Emit", "Expressions", "Thrown", "collected", "named_children", "only"]
