"""Calling a command: what stands after its name, and which function or cmdlet it is."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator.dialect.binding import Given, Signature
from simulator.dialect.convert import text
from simulator.dialect.frame import Emit, Expr, Frame
from simulator.dialect.functions import FunctionStage
from simulator.dialect.refuse import Refused
from simulator.dialect.values import Array, Hash, ScriptBlock, Value

if TYPE_CHECKING:
    from tree_sitter import Node

    from simulator.dialect.stages import Stage


@dataclass
class Element:
    """One thing after a command's name: a parameter (with a colon or not), an argument, or a splatted variable."""

    kind: str
    name: str = ""
    value: Expr | None = None
    colon: bool = False


def command_stage(compiler: Any, node: "Node") -> Any:
    """The maker of a command's stage."""
    name_node = node.child_by_field_name("command_name")
    if name_node is None:
        raise compiler.script.refuse(node)
    operators = [c for c in node.children if c.type == "command_invocation_operator"]
    sign = compiler.script.text(operators[0]) if operators else ""
    elements = elements_of(compiler, node)
    line, shown = compiler.script.line(node), compiler.script.text(name_node)
    block: Expr | None = None
    if name_node.type == "command_name_expr":
        if sign != "&":
            raise compiler.script.refuse(node, sign or shown)
        block = called_value(compiler, name_node)
    elif sign:
        raise compiler.script.refuse(node, sign)

    def make(frame: Frame, emit: Emit, piped: bool) -> "Stage":
        try:
            return stage_of(frame, emit, piped, shown, elements, block)
        except Refused as refusal:
            raise Refused(refusal.what if refusal.line else shown, refusal.line or line) from refusal

    return Lines(make, shown, line)


class Lines:
    """Gives the refusals of a command's stage the command's name and line."""

    def __init__(self, make: Any, name: str, line: int) -> None:
        self.make, self.name, self.line = make, name, line

    def __call__(self, frame: Frame, emit: Emit, piped: bool) -> "Stage":
        return Guarded(self.make(frame, emit, piped), self.name, self.line)


class Guarded:
    """A stage whose refusals carry its name and line."""

    __slots__ = ("line", "name", "stage")

    def __init__(self, stage: "Stage", name: str, line: int) -> None:
        self.stage, self.name, self.line = stage, name, line

    def begin(self) -> None:
        """Passes on."""
        try:
            self.stage.begin()
        except Refused as refusal:
            raise Refused(refusal.what if refusal.line else self.name, refusal.line or self.line) from refusal

    def process(self, value: Value) -> None:
        """Passes on."""
        try:
            self.stage.process(value)
        except Refused as refusal:
            raise Refused(refusal.what if refusal.line else self.name, refusal.line or self.line) from refusal

    def end(self) -> None:
        """Passes on."""
        try:
            self.stage.end()
        except Refused as refusal:
            raise Refused(refusal.what if refusal.line else self.name, refusal.line or self.line) from refusal

    def __eq__(self, other: object) -> bool:
        return self is other or self.stage is other

    def __hash__(self) -> int:
        return id(self)


def called_value(compiler: Any, node: "Node") -> Expr:
    """What stands after `&`: a variable or a block."""
    inner = node
    while inner.type in ("command_name_expr", "path_command_name") and len(inner.children) == 1:
        inner = inner.children[0]
    made: Expr = compiler.expr(inner)
    return made


def stage_of(frame: Frame, emit: Emit, piped: bool, shown: str, elements: list[Element], block: Expr | None) -> "Stage":
    """The stage of a block, a function or a cmdlet."""
    if block is not None:
        called = block(frame)
        if not isinstance(called, ScriptBlock):
            raise Refused(shown)
        return FunctionStage(frame, called.body, given(frame, elements, called.body.signature), emit, piped)  # type: ignore[attr-defined]
    body = frame.scope.function(shown.lower())
    if body is not None:
        return FunctionStage(frame, body, given(frame, elements, body.signature), emit, piped)
    cmdlet = frame.engine.cmdlets.get(shown.lower())
    if cmdlet is None:
        raise Refused(shown)
    stage: Stage = cmdlet.stage(frame, given(frame, elements, cmdlet.signature), emit, piped)
    return stage


def elements_of(compiler: Any, node: "Node") -> list[Element]:
    """Compiles what stands after the name."""
    group = node.child_by_field_name("command_elements")
    found: list[Element] = []
    if group is not None and group.children and group.children[0].type != "command_argument_sep":
        raise compiler.script.refuse(group)  # `Name(…)`: a call as if it were a method
    for child in group.children if group is not None else []:
        if child.type == "command_argument_sep":
            if ":" in compiler.script.text(child) and found and found[-1].kind == "parameter":
                found[-1].colon = True
            continue
        if child.type == ":":
            found[-1].colon = True
            continue
        found.append(element(compiler, child))
    return found


# what an argument may be; anything else means something different after a command's name
ARGUMENTS = (
    "variable",
    "string_literal",
    "integer_literal",
    "parenthesized_expression",
    "sub_expression",
    "array_expression",
    "array_literal_expression",
    "hash_literal_expression",
    "script_block_expression",
    "member_access",
    "element_access",
    "invocation_expression",
)


def element(compiler: Any, node: "Node") -> Element:
    """One of them."""
    words = compiler.script.text(node)
    if node.type == "command_parameter":
        return Element("parameter", words.lstrip("-").rstrip(":"), colon=words.endswith(":"))
    if node.type == "generic_token":
        if any(c in words for c in "$`\"'*?[]{}()"):
            raise compiler.script.refuse(node, words)
        return Element("argument", value=lambda _: words)
    inner = node
    while inner.type in ("unary_expression", "expression_with_unary_operator") and len(inner.children) == 1:
        inner = inner.children[0]
    if inner.type == "variable" and words.startswith("@"):
        name = words[1:].lower()
        return Element("splat", words, value=lambda frame: frame.scope.get(name))
    if inner.type not in ARGUMENTS:
        raise compiler.script.refuse(node)
    return Element("argument", value=compiler.expr(node))


def given(frame: Frame, elements: list[Element], signature: Signature) -> Given:
    """Evaluates the arguments, and pairs each parameter with its value as its type demands."""
    made = Given([], [], [])
    at = 0
    while at < len(elements):
        one = elements[at]
        at += 1
        if one.kind == "splat":
            splat(frame, one, made)
        elif one.kind == "argument":
            assert one.value is not None
            made.positional.append(one.value(frame))
        else:
            known = signature.lookup(one.name)
            wants = one.colon or (known is not None and not known.switch)
            following = elements[at] if at < len(elements) and elements[at].kind == "argument" else None
            if wants and following is not None and following.value is not None:
                made.named.append((one.name, following.value(frame), True))
                at += 1
            else:
                made.named.append((one.name, None, False))
    return made


def splat(frame: Frame, one: Element, made: Given) -> None:
    """`@name`: a hashtable gives named arguments, an array positional ones."""
    assert one.value is not None
    value = one.value(frame)
    if isinstance(value, Hash):
        made.splatted += [(text(key).lstrip("-"), item) for key, item in value.items()]
    elif isinstance(value, Array):
        if any(isinstance(item, str) and item.startswith("-") for item in value):
            raise Refused(one.name)
        made.positional += list(value)
    else:
        raise Refused(one.name)
