"""Statements and commands compiled to closures; with `Expressions` this is the whole compiler."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from simulator.dialect import blocks, loops
from simulator.dialect.calls import command_stage
from simulator.dialect.expressions import Expressions, collected, named_children
from simulator.dialect.faults import Leave, Return, Thrown
from simulator.dialect.frame import NOTHING, Emit, Expr, Frame, Stmt, plain
from simulator.dialect.refuse import Refused
from simulator.dialect.stages import Stage, drive, emit_all
from simulator.dialect.values import Array, ScriptBlock, Value

if TYPE_CHECKING:
    from tree_sitter import Node

MakeStage = Callable[[Frame, Emit, bool], Stage]
RANGE = re.compile(r"\d{1,6}\.\.\d{1,6}")
SILENT = ("assignment_expression", "post_increment_expression", "pre_increment_expression")
SILENT += ("post_decrement_expression", "pre_decrement_expression")


def nothing(_: Frame, __: Emit) -> None:
    """The empty statement."""


class Compiler(Expressions):
    """Makes a script's closures, one method a statement kind."""

    def statements(self, node: "Node | None") -> Stmt:
        """A statement list, a statement block, or one statement."""
        if node is None:
            return nothing
        if node.type == "statement_block":
            inner = [c for c in named_children(node) if c.type == "statement_list"]
            return self.statements(inner[0] if inner else None)
        if node.type != "statement_list":
            return self.statement(node)
        steps = [self.statement(child) for child in named_children(node)]
        if len(steps) == 1:
            return steps[0]

        def run(frame: Frame, emit: Emit) -> None:
            for step in steps:
                step(frame, emit)

        return run

    def statement(self, node: "Node") -> Stmt:
        """One statement."""
        maker = getattr(self, f"s_{node.type}", None)
        if maker is None:
            raise self.script.refuse(node)
        step: Stmt = maker(node)
        line, what = self.script.line(node), self.script.head(node)

        def run(frame: Frame, emit: Emit) -> None:
            try:
                step(frame, emit)
            except Refused as refusal:
                if not refusal.line:
                    raise Refused(what, line) from refusal
                raise
            except Thrown as thrown:
                if not hasattr(thrown, "line"):
                    thrown.line = line  # type: ignore[attr-defined]
                raise

        return run

    def s_empty_statement(self, _: "Node") -> Stmt:
        return nothing

    # -- pipelines
    def s_pipeline(self, node: "Node") -> Stmt:
        inner = named_children(node)
        if len(inner) != 1:
            raise self.script.refuse(node)
        if inner[0].type == "assignment_expression":
            value = self.expr(inner[0])

            def run(frame: Frame, _: Emit) -> None:
                value(frame)

            return run
        return self.chain(inner[0])[0]

    def s_pipeline_chain(self, node: "Node") -> Stmt:
        return self.chain(node)[0]

    def s_assignment_expression(self, node: "Node") -> Stmt:
        value = self.expr(node)

        def run(frame: Frame, _: Emit) -> None:
            value(frame)

        return run

    def chain(self, node: "Node") -> tuple[Stmt, Expr]:
        """A pipeline as a statement and as a value."""
        if node.type == "pipeline":
            inner = named_children(node)
            if len(inner) != 1:
                raise self.script.refuse(node)
            if inner[0].type == "assignment_expression":
                value = self.expr(inner[0])
                return self.s_pipeline(node), value
            node = inner[0]
        if any(c.type in ("&&", "||", "&") for c in node.children):
            raise self.script.refuse(node)
        parts = named_children(node)
        if len(parts) == 1 and (parts[0].type != "command" or self.range_of(parts[0])):
            return self.single(parts[0])
        return self.piped(parts)

    def range_of(self, node: "Node") -> Expr | None:
        """`1..3` at the head of a pipeline, which the grammar takes for a command's name."""
        name = node.child_by_field_name("command_name")
        words = self.script.text(name) if name is not None else ""
        if node.type != "command" or not RANGE.fullmatch(words) or self.script.text(node).strip() != words:
            return None
        first, last = (int(end) for end in words.split(".."))
        return lambda _: Array.of(range(first, last + 1) if first <= last else range(first, last - 1, -1))

    def single(self, node: "Node") -> tuple[Stmt, Expr]:
        """A pipeline that is one expression: a value keeps its shape, a statement unrolls it."""
        value = self.range_of(node) or self.raw(node)
        inner = node
        while inner.type in ("unary_expression", "expression_with_unary_operator") and len(inner.children) == 1:
            inner = inner.children[0]
        silent = inner.type in SILENT
        if inner.type == "cast_expression" and self.script.text(inner.children[0]).lower() == "[void]":
            silent = True

        def run(frame: Frame, emit: Emit) -> None:
            made = value(frame)
            if not silent:
                emit_all(made, emit)

        return run, value

    def piped(self, parts: "list[Node]") -> tuple[Stmt, Expr]:
        """Commands, with an expression in front or not."""
        head = self.range_of(parts[0]) or (self.raw(parts[0]) if parts[0].type != "command" else None)
        makers: list[MakeStage] = [command_stage(self, part) for part in parts[(1 if head else 0) :]]
        only_command = head is None and len(makers) == 1

        def run(frame: Frame, emit: Emit) -> None:
            stages: list[Stage] = []
            sink = emit
            for place in range(len(makers) - 1, -1, -1):
                piped = head is not None or place > 0
                stage = makers[place](frame, sink, piped)
                stages.insert(0, stage)
                sink = stage.process
            if only_command:
                stages[0].begin()
                stages[0].end()
                return
            drive(stages, head(frame) if head else None, head is not None)

        def value(frame: Frame) -> Value:
            out: list[Value] = []
            run(frame, out.append)
            return collected(out)

        return run, value

    # -- flow
    def s_if_statement(self, node: "Node") -> Stmt:
        return loops.if_statement(self, node)

    def s_foreach_statement(self, node: "Node") -> Stmt:
        return loops.foreach_statement(self, node, "")

    def s_for_statement(self, node: "Node") -> Stmt:
        return loops.for_statement(self, node, "")

    def s_while_statement(self, node: "Node") -> Stmt:
        return loops.while_statement(self, node, "")

    def s_do_statement(self, node: "Node") -> Stmt:
        return loops.do_statement(self, node, "")

    def s_switch_statement(self, node: "Node") -> Stmt:
        return loops.switch_statement(self, node, "")

    def s_try_statement(self, node: "Node") -> Stmt:
        return blocks.try_statement(self, node)

    def s_function_statement(self, node: "Node") -> Stmt:
        return blocks.function_statement(self, node)

    def s_flow_control_statement(self, node: "Node") -> Stmt:
        return blocks.flow_control(self, node)

    def block(self, node: "Node") -> Callable[[Frame], ScriptBlock]:
        return blocks.script_block(self, node)

    def condition(self, node: "Node") -> Expr:
        """A pipeline as a condition."""
        inner = named_children(node)[0] if node.type in ("while_condition", "for_condition") else node
        return self.statement_value(inner)


__all__ = ["NOTHING", "Compiler", "Leave", "Return", "plain"]
