"""A script under check: its bytes, what our scanner says, and the syntax tree of the masked text."""

from collections.abc import Iterator
from dataclasses import dataclass

import tree_sitter
import tree_sitter_pwsh

from tests.templates.scanner import Scanned, scan

BOM = b"\xef\xbb\xbf"
_PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_pwsh.language()))


@dataclass
class Source:
    """One script. The tree is of `scanned.masked`, since the grammar knows U+0027 only."""

    raw: bytes
    scanned: Scanned
    root: tree_sitter.Node

    @classmethod
    def of(cls, raw: bytes) -> "Source":
        """Parses the bytes of a script; a ScannerError where it holds what no script of ours may hold."""
        scanned = scan(raw.removeprefix(BOM).decode("utf-8"))
        return cls(raw, scanned, _PARSER.parse(scanned.masked.encode()).root_node)

    @property
    def lines(self) -> list[str]:
        """The lines as PowerShell counts them."""
        return self.scanned.source.replace("\r\n", "\n").replace("\r", "\n").split("\n")

    def nodes(self, *types: str) -> Iterator[tree_sitter.Node]:
        """Every node of these types, in the order of the text."""
        return walk(self.root, *types)

    def text_of(self, literal: tree_sitter.Node) -> str:
        """The real text of a masked string literal."""
        return self.scanned.literals[int(text(literal).strip("'"))]


def walk(node: tree_sitter.Node, *types: str) -> Iterator[tree_sitter.Node]:
    """`node` and everything below it of these types (any type where none is given)."""
    if not types or node.type in types:
        yield node
    for child in node.children:
        yield from walk(child, *types)


def text(node: tree_sitter.Node | None) -> str:
    """The masked text of a node; empty for none."""
    return "" if node is None or node.text is None else node.text.decode()


def line(node: tree_sitter.Node) -> int:
    """The line a node begins in, from 1."""
    return int(node.start_point[0]) + 1


def above(node: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    """The parents of a node, the nearest first."""
    parent = node.parent
    while parent is not None:
        yield parent
        parent = parent.parent
