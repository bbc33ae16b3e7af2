"""The syntax tree of a masked script: tree-sitter's nodes with their text and lines as the engine would count them."""

from functools import cache
from typing import TYPE_CHECKING

from simulator.dialect.chars import Masked, mask
from simulator.dialect.refuse import Refused

if TYPE_CHECKING:
    from tree_sitter import Node, Parser


@cache
def _parser() -> "Parser":
    import tree_sitter_pwsh
    from tree_sitter import Language, Parser

    return Parser(Language(tree_sitter_pwsh.language()))


class Script:
    """One parsed script."""

    def __init__(self, source: str) -> None:
        self.original = source.removeprefix("\ufeff")
        self.masked: Masked = mask(source)
        self.raw = self.masked.text.encode("utf-8", "surrogatepass")
        self.offsets = None if self.masked.text.isascii() else _offsets(self.masked.text)
        self.root = _parser().parse(self.raw).root_node
        if self.root.has_error:
            raise self.error(self.root)

    def at(self, node: "Node") -> int:
        """Where a node begins, in characters of the script."""
        return node.start_byte if self.offsets is None else self.offsets[node.start_byte]

    def text(self, node: "Node") -> str:
        """The node's text; literals inside are masked."""
        return self.raw[node.start_byte : node.end_byte].decode("utf-8", "surrogatepass")

    def source(self, start: int, end: int) -> str:
        """Text between two byte offsets."""
        return self.raw[start:end].decode("utf-8", "surrogatepass")

    def line(self, node: "Node") -> int:
        """The 1-based line of a node; only CR and LF end a line."""
        before = self.raw[: node.start_byte]
        return before.count(b"\n") + before.count(b"\r") - before.count(b"\r\n") + 1

    def literal(self, node: "Node") -> str:
        """The value of a single-quoted literal's node."""
        return self.masked.literals[self.at(node)]

    def refuse(self, node: "Node", what: str = "") -> Refused:
        """Refuses a node by its first word (or the given one) and its line."""
        return Refused(what or self.head(node), self.line(node))

    def head(self, node: "Node") -> str:
        """The first word of a node as it stands in the script, literals unmasked."""
        start = self.at(node)
        end = node.end_byte if self.offsets is None else self.offsets[node.end_byte]
        words = self.original[start:end].replace("\r", "\n").split("\n")[0]
        return words if words[:1] == "'" else words.split(" ")[0] or words

    def error(self, node: "Node") -> Refused:
        """Where the grammar gave up."""
        while True:
            inner = next((c for c in node.children if c.has_error or c.is_error or c.is_missing), None)
            if inner is None or node.is_error or node.is_missing:
                return self.refuse(node)
            node = inner


def _offsets(text: str) -> list[int]:
    """Character index of each UTF-8 byte."""
    table: list[int] = []
    for index, char in enumerate(text):
        table += [index] * len(char.encode("utf-8", "surrogatepass"))
    table.append(len(text))
    return table
