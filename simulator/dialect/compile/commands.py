"""Pipelines and commands."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from simulator.dialect.compile.expressions import raw
from simulator.dialect.compile.variables import variable_name, worded
from simulator.dialect.convert import text
from simulator.dialect.faults import AUTOMATION, engine
from simulator.dialect.refuse import Refused
from simulator.dialect.run.binding import Given
from simulator.dialect.run.frame import Emit, Expr, Frame, Stmt, Streams
from simulator.dialect.run.functions import Body, FunctionStage
from simulator.dialect.run.signature import Signature
from simulator.dialect.run.stages import Stage, drive, emit_all
from simulator.dialect.syntax import nodes
from simulator.dialect.values import NOTHING, Array, Hash, ScriptBlock, Value, plain

if TYPE_CHECKING:
    from simulator.dialect.compile.compiler import Compiler

MakeStage = Callable[[Frame, Emit, bool], "Stage"]
Slot = tuple[str, Expr | None, bool, bool]  # name, value, colon, splatted


# -- pipelines
def silent(node: nodes.Expression) -> bool:
    """Whether an expression as a statement gives nothing: `++`, `--`, a cast to void."""
    if isinstance(node, nodes.Cast):
        return node.type.name.lower() in ("void", "system.void")
    return isinstance(node, nodes.Unary) and node.sign in ("++", "--")


def pipeline(c: "Compiler", node: nodes.Pipeline) -> Stmt:
    """A pipeline as a statement: its values flow on, collections unrolled."""
    head = node.parts[0]
    if len(node.parts) == 1 and isinstance(head, nodes.Value):
        value, quiet = redirected(c, head), silent(head.expression)

        def run(frame: Frame, emit: Emit) -> None:
            made = value(frame)
            if not quiet:
                emit_all(made, emit)

        return run
    return piped(c, node)


def pipeline_value(c: "Compiler", node: nodes.Pipeline) -> Expr:
    """A pipeline as a value: an expression keeps its shape, output is collected."""
    head = node.parts[0]
    if len(node.parts) == 1 and isinstance(head, nodes.Value):
        return redirected(c, head)
    work = piped(c, node)

    def run(frame: Frame) -> Value:
        out: list[Value] = []
        work(frame, out.append)
        if not out:
            return NOTHING
        return out[0] if len(out) == 1 else Array.of(out)

    return run


def redirected(c: "Compiler", node: nodes.Value) -> Expr:
    """An expression, whose streams may be sent away."""
    if node.redirections:
        raise c.refuse(node.redirections[0])
    return raw(c, node.expression)


def piped(c: "Compiler", node: nodes.Pipeline) -> Stmt:
    """Commands, with an expression in front or not."""
    first = node.parts[0]
    head = redirected(c, first) if isinstance(first, nodes.Value) else None
    rest = node.parts[1:] if head is not None else node.parts
    makers = [stage_maker(c, part) for part in rest if isinstance(part, nodes.Command)]
    headed = head is not None
    if not headed and len(makers) == 1:
        return alone(makers[0])

    def run(frame: Frame, emit: Emit) -> None:
        value = head(frame) if head is not None else None
        stages: list[Stage] = []
        sink = emit
        for place in range(len(makers) - 1, -1, -1):
            stage = makers[place](frame, sink, headed or place > 0)
            stages.append(stage)
            sink = stage.process
        stages.reverse()
        drive(stages, value, headed)

    return run


def alone(make: MakeStage) -> Stmt:
    """A single command."""

    def run(frame: Frame, emit: Emit) -> None:
        stage = make(frame, emit, False)
        stage.begin()
        stage.end()

    return run


# -- commands
class Guarded:
    """A stage whose refusals carry its command's name and line."""

    __slots__ = ("at", "compiler", "end_of_name", "inner")

    def __init__(self, compiler: "Compiler", stage: "Stage", at: int, end_of_name: int) -> None:
        self.compiler, self.inner, self.at, self.end_of_name = compiler, stage, at, end_of_name

    def any_order(self) -> bool:
        """Whether the stage does not mind the order of what it gets."""
        accept = getattr(self.inner, "any_order", None)
        return accept is not None and bool(accept())

    def begin(self) -> None:
        """Before the first value."""
        try:
            self.inner.begin()
        except Refused as refusal:
            raise self.compiler.located(refusal, self.at, self.end_of_name) from refusal

    def process(self, value: Value) -> None:
        """One value."""
        try:
            self.inner.process(value)
        except Refused as refusal:
            raise self.compiler.located(refusal, self.at, self.end_of_name) from refusal

    def end(self) -> None:
        """After the last."""
        try:
            self.inner.end()
        except Refused as refusal:
            raise self.compiler.located(refusal, self.at, self.end_of_name) from refusal


def stage_maker(c: "Compiler", node: nodes.Command) -> MakeStage:
    """The maker of a command's stage."""
    strict = isinstance(node.name, nodes.Text) and node.name.value.lower() == "set-strictmode"  # its text is its value
    slots = [slot(c, argument, as_text=strict) for argument in node.arguments]
    at, end = node.name.at, node.name.end
    called: Expr | None = None
    if not isinstance(node.name, nodes.Text) or node.name.kind != "bare":
        called = c.expression(node.name)
    name = node.name.value if isinstance(node.name, nodes.Text) else ""
    if node.operator == "." and called is None:
        raise c.refuse(node)
    dot = node.operator == "."
    redirections = node.redirections
    line = c.line(node)

    def make(frame: Frame, emit: Emit, piped: bool) -> "Stage":
        frame.engine.line = line
        try:
            streams = frame.streams
            if redirections:
                streams = streams.copy()
                for one in redirections:
                    if one.stream == "1":
                        emit = lambda _: None  # noqa: E731 (output that goes away)
                    else:
                        streams.redirect(one.stream, one.into, emit)
            stage = stage_of(frame, emit, piped, called(frame) if called else name, slots, streams, dot)
            return Guarded(c, stage, at, end)
        except Refused as refusal:
            raise c.located(refusal, at, end) from refusal

    return make


def stage_of(  # noqa: PLR0917
    frame: Frame, emit: Emit, piped: bool, called: Value, slots: list[Slot], streams: Streams, dot: bool
) -> "Stage":
    """The stage of a block, a function, a cmdlet or a script."""
    if isinstance(called, ScriptBlock):
        body = with_home(called)
        return FunctionStage(frame, body, given(frame, slots, body.signature), emit, piped, streams, dot=dot)
    if not isinstance(called, str) or called == "":
        raise Refused("")
    low = called.lower()
    function: Body | None = frame.scope.function(low)
    if function is not None:
        arguments = given(frame, slots, function.signature)
        return FunctionStage(frame, function, arguments, emit, piped, streams, dot=dot)
    cmdlet = frame.engine.cmdlets.get(low)
    if cmdlet is not None and not dot:
        stage: Stage = cmdlet.stage(frame, given(frame, slots, cmdlet.signature), emit, piped, streams)
        return stage
    if low.endswith(".ps1"):
        body = frame.engine.script(called)
        return FunctionStage(frame, body, given(frame, slots, body.signature), emit, piped, streams, dot=dot)
    raise not_found(frame, called)


def with_home(block: ScriptBlock) -> Body:
    """A block's body, enclosed by the scope it was closed over."""
    body: Body = block.body
    if block.home is None:
        return body
    return Body(body.name, body.signature, body.begin, body.process, body.end, body.assigns, block.home)


def not_found(frame: Frame, name: str) -> Exception:
    """No command of that name: an error where it is certain that the engine has none either."""
    if not frame.engine.unknown_command(name):
        return Refused("")
    told = (
        f"The term '{name}' is not recognized as a name of a cmdlet, function, script file, or executable program.\n"
        "Check the spelling of the name, or if a path was included, verify that the path is correct and try again."
    )
    return engine(
        "CommandNotFoundException", told, "ObjectNotFound", f"{AUTOMATION}.CommandNotFoundException", target=name
    )


# -- arguments
def slot(c: "Compiler", node: nodes.Argument, *, as_text: bool = False) -> Slot:
    """One argument, compiled."""
    if node.value is None:
        return node.name, None, False, False
    if isinstance(node.value, nodes.Variable) and node.value.splatted:
        name, written = variable_name(c, node.value), node.value.name
        return "", (lambda frame: frame.scope.get(name, written)), False, True
    if as_text and isinstance(node.value, nodes.Number):
        words = node.value.written
        return node.name, (lambda _: words), node.colon, False
    for one in node.value.items if isinstance(node.value, nodes.List) else [node.value]:
        if isinstance(one, nodes.Number) and one.written != text(one.value):
            raise Refused(one.written, c.line(one))  # as text it would keep its writing
    by_words = node.name.lower() in ("erroraction", "warningaction")
    return node.name, worded(c, node.value) if by_words else c.expression(node.value), node.colon, False


def given(frame: Frame, slots: list[Slot], signature: Signature) -> list[Given]:
    """Evaluates the arguments, and pairs each parameter with its value as its type demands."""
    made: list[Given] = []
    at = 0
    while at < len(slots):
        name, value, colon, splatted = slots[at]
        at += 1
        if splatted and value is not None:
            splat(plain(value(frame)), made)
        elif not name:
            assert value is not None
            made.append(Given("", value(frame)))
        elif value is not None:
            made.append(Given(name, value(frame), colon=colon))
        else:
            known = signature.lookup(name)
            following = slots[at] if at < len(slots) else None
            takes = known is not None and not known.switch
            if takes and following is not None and not following[0] and not following[3]:
                assert following[1] is not None
                made.append(Given(name, following[1](frame)))
                at += 1
            else:
                made.append(Given(name, None, has=False))
    return made


def splat(value: Value, made: list[Given]) -> None:
    """`@name`: a table gives named arguments, an array positional ones; null gives none, anything else itself."""
    if isinstance(value, Hash):
        for key, item in value.items():
            if not isinstance(key, str):
                raise Refused("")
            made.append(Given(key.lstrip("-"), item, splatted=True))
    elif isinstance(value, Array):
        if value.loose:
            raise Refused("")
        made += [Given("", item) for item in value]
    elif isinstance(value, str | int | float | bool):
        made.append(Given("", value))
    elif value is not None:
        raise Refused("")
