"""Double-quoted strings: text, escapes, variables and `$( )`, joined as the engine joins them."""

import re
from typing import TYPE_CHECKING, Any

from simulator.dialect.convert import text
from simulator.dialect.frame import Expr, Frame
from simulator.dialect.refuse import Refused
from simulator.dialect.values import Value

if TYPE_CHECKING:
    from tree_sitter import Node

ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
TAIL = re.compile(r"[\w?:]")  # characters that would belong to the name before them, or that the engine may take so


def expandable(compiler: Any, node: "Node") -> Expr:
    """The closure of an expandable string's node.

    Raises:
        Refused: A name that runs on (`"$name?"`, `"$user:\\x"`), an escape of later versions.
    """
    script = compiler.script
    parts: list[str | Expr] = []
    at = node.start_byte + 1
    for child in [c for c in node.children if c.type in ("variable", "sub_expression")]:
        parts.append(unescaped(script.source(at, child.start_byte), script, child))
        parts.append(compiler.expr(child))
        at = child.end_byte
        after = script.source(at, min(at + 4, node.end_byte))[:1]
        if child.type == "variable" and not script.text(child).startswith("${") and TAIL.match(after):
            raise Refused(script.text(child), script.line(child))
    parts.append(unescaped(script.source(at, node.end_byte - 1), script, node))

    def run(frame: Frame) -> Value:
        return "".join(part if isinstance(part, str) else text(part(frame)) for part in parts)

    return run


def unescaped(raw: str, script: Any, node: "Node") -> str:
    """Plain text between expressions with its backtick escapes and doubled quotes resolved."""
    out: list[str] = []
    at = 0
    while at < len(raw):
        char = raw[at]
        if char == "`":
            following = raw[at + 1 : at + 2]
            if following in ("e", "u"):
                raise Refused(f"`{following}", script.line(node))
            out.append(ESCAPES.get(following, following))
            at += 2
        elif char == '"':
            out.append('"')
            at += 2
        elif char == "$" and re.match(r"[\w{(:^$?]", raw[at + 1 : at + 2] or " "):
            raise Refused("$", script.line(node))
        else:
            out.append(char)
            at += 1
    return "".join(out)
