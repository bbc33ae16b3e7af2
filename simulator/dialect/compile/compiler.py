"""Makes closures of a tree's nodes. A kind of node that is not in the tables is refused."""

from collections.abc import Callable
from typing import Any

from simulator.dialect.compile import assign, bodies, commands, expressions, flow, loops, variables
from simulator.dialect.compile.shape import shapes
from simulator.dialect.faults import Thrown
from simulator.dialect.proven import use
from simulator.dialect.refuse import Refused
from simulator.dialect.run.frame import Emit, Expr, Frame, Stmt
from simulator.dialect.run.functions import Body
from simulator.dialect.syntax import nodes
from simulator.dialect.syntax.nodes import Block, Expression, Node, Statement, TypeName
from simulator.dialect.syntax.parser import Parser
from simulator.dialect.syntax.units import from_units
from simulator.dialect.types import lookup
from simulator.dialect.values import NOTHING, Array, NetType, Value

EXPRESSIONS: dict[type[Node], Callable[[Any, Any], Expr]] = {
    nodes.Text: expressions.constant,
    nodes.Number: expressions.constant,
    nodes.Expandable: expressions.expandable,
    nodes.Variable: variables.variable,
    nodes.TypeName: expressions.type_value,
    nodes.Member: expressions.member,
    nodes.Call: expressions.call,
    nodes.Index: expressions.index,
    nodes.Cast: expressions.cast_value,
    nodes.Unary: expressions.unary,
    nodes.Binary: expressions.binary,
    nodes.List: expressions.several,
    nodes.Paren: expressions.paren,
    nodes.Sub: expressions.sub,
    nodes.Table: expressions.table,
    nodes.BlockValue: bodies.block_value,
}
STATEMENTS: dict[type[Node], Callable[[Any, Any], Stmt]] = {
    nodes.Pipeline: commands.pipeline,
    nodes.Assignment: assign.assignment,
    nodes.If: loops.branches,
    nodes.While: loops.during,
    nodes.For: loops.counted,
    nodes.ForEach: loops.each_item,
    nodes.Switch: loops.cases,
    nodes.Try: flow.attempt,
    nodes.Flow: flow.leaving,
    nodes.Function: bodies.function,
}


class Compiler:
    """Makes the closures of one source text."""

    def __init__(self, parser: Parser) -> None:
        self.parser = parser

    # -- names and lines
    def line(self, node: Node) -> int:
        """The line where a node begins."""
        return self.parser.line(node.at)

    def words(self, node: Node) -> str:
        """A node's text as it is written."""
        return from_units(self.parser.text[node.at : node.end])

    def refuse(self, node: Node, at: int | None = None) -> Refused:
        """A refusal of a node, by its first word."""
        return self.parser.refuse(node.at if at is None else at)

    def located(self, refusal: Refused, at: int, end: int = 0) -> Refused:
        """A refusal that arose while running, with the word (or the text up to `end`) that stands at a place."""
        if refusal.line:
            return refusal
        if end:
            words = self.parser.text[at:end].splitlines()[0] if end > at else ""
            return Refused(from_units(words), self.parser.line(at), refusal.why)
        return self.parser.refuse(at, why=refusal.why)

    # -- nodes
    def expression(self, node: Expression) -> Expr:
        """An expression's value."""
        maker = EXPRESSIONS.get(type(node))
        if maker is None:
            raise self.refuse(node)
        return maker(self, node)

    def type(self, node: TypeName) -> NetType:
        """The type that a name means."""
        try:
            return lookup(node.name)
        except Refused:
            raise Refused(self.words(node), self.line(node)) from None

    def statement(self, node: Statement) -> Stmt:
        """One statement: its errors know their line, and under SilentlyContinue the next one follows."""
        maker = STATEMENTS.get(type(node))
        if maker is None:
            raise self.refuse(node)
        step = maker(self, node)
        at = node.at
        located = self.located

        def run(frame: Frame, emit: Emit) -> None:
            try:
                step(frame, emit)
            except Refused as refusal:
                if refusal.line:
                    raise
                raise located(refusal, at) from refusal
            except Thrown as thrown:
                if not thrown.record.line:
                    thrown.record.line = self.parser.line(at)
                try:
                    goes_on = frame.engine.goes_on(frame, thrown)
                except Refused as refusal:
                    raise located(refusal, at) from thrown
                if not goes_on:
                    raise

        return run

    def block(self, node: Block) -> Stmt:
        """Statements in a row."""
        steps = [self.statement(s) for s in node.statements]
        if len(steps) == 1:
            return steps[0]

        def run(frame: Frame, emit: Emit) -> None:
            for step in steps:
                step(frame, emit)

        return run

    def value(self, node: Statement) -> Expr:
        """What a statement gives, as one value; a pipeline without output gives nothing, which is not quite null."""
        if isinstance(node, nodes.Pipeline):
            return commands.pipeline_value(self, node)
        if isinstance(node, nodes.Assignment):
            return assign.assignment_value(self, node)
        body = self.statement(node)

        def run(frame: Frame) -> Value:
            out: list[Value] = []
            body(frame, out.append)
            return collected(out)

        return run


def compiled(parser: Parser, tree: nodes.Body, name: str = "") -> Body:
    """A text's body, once it is certain that every form in it is proven.

    Raises:
        Refused: One is not, or something else is outside the dialect.
    """
    for node, key in shapes(tree):
        try:
            use(*key)
        except Refused as refusal:
            raise parser.refuse(node.at, why=refusal.why) from None
    return bodies.body(Compiler(parser), tree, name)


def collected(out: list[Value]) -> Value:
    """What several emitted values are as one: nothing, the value, an array."""
    if not out:
        return NOTHING
    return out[0] if len(out) == 1 else Array.of(out)
