"""What functions, scripts and script blocks hold: attributes, parameters, named blocks."""

import re

from simulator.dialect.syntax.commands import Commands
from simulator.dialect.syntax.nodes import (
    Attribute,
    Block,
    Body,
    Expression,
    Function,
    Parameter,
    TypeName,
)
from simulator.dialect.syntax.reader import TYPOGRAPHIC

ATTRIBUTE = re.compile(r"\[([A-Za-z_][\w.]*)\(")
PARAM = re.compile(r"param\s*\(", re.I)
NAMED = re.compile(r"(begin|process|end)(?=\s*\{)", re.I)
FUNCTION_NAME = re.compile(r"[^\W\d][\w-]*")
SETTING = re.compile(r"([A-Za-z_]\w*)\s*(=(?!=)|(?=[,)]))")


class Blocks(Commands):
    """Reads bodies."""

    def block(self) -> Block:
        """`{ statements }`."""
        self.breaks()
        start = self.at
        self.need("{")
        made = self.statements("}")
        self.need("}")
        return Block(start, self.at, made.statements)

    def body(self) -> Body:
        """An optional param block, then named blocks or statements, up to `}` or the end of the text."""
        start = self.at
        self.breaks()
        attributes: list[Attribute] = []
        parameters: list[Parameter] = []
        declared = self.declares()
        if declared:
            attributes = self.attributes()
            parameters = self.param()
        blocks = self.named_blocks()
        if not blocks:
            end = "}" if self.inside else ""
            blocks = {"end": self.statements(end)}
        return Body(start, self.at, attributes, parameters, blocks, declared)

    def declares(self) -> bool:
        """Whether a param block comes next, attributes in front of it or not."""
        if PARAM.match(self.text, self.at):
            return True
        return ATTRIBUTE.match(self.text, self.at) is not None

    def attributes(self) -> list[Attribute]:
        """The attributes in front of `param`."""
        found: list[Attribute] = []
        while ATTRIBUTE.match(self.text, self.at):
            found.append(self.attribute())
            self.breaks()
        if not PARAM.match(self.text, self.at):
            raise self.refuse()
        return found

    def attribute(self) -> Attribute:
        """`[Name(positional, Key = value, Key)]`."""
        start = self.at
        found = ATTRIBUTE.match(self.text, start)
        assert found is not None
        self.at = found.end()
        positional: list[Expression] = []
        named: list[tuple[str, Expression | None]] = []
        self.breaks()
        while not self.take(")"):
            setting = SETTING.match(self.text, self.at)
            if setting:
                self.at = setting.end()
                self.breaks()
                named.append((setting[1], self.expression(commas=False) if setting[2] else None))
            else:
                positional.append(self.expression(commas=False))
            self.breaks()
            if self.take(","):
                self.breaks()
            elif not self.seen(")"):
                raise self.refuse()
        self.need("]")
        return Attribute(start, self.at, found[1], positional, named)

    def param(self) -> list[Parameter]:
        """`param( … )`."""
        found = PARAM.match(self.text, self.at)
        assert found is not None
        self.at = found.end()
        return self.parameters()

    def parameters(self) -> list[Parameter]:
        """Parameters up to and over the closing parenthesis; each name once."""
        found: list[Parameter] = []
        self.breaks()
        while not self.take(")"):
            made = self.parameter()
            if any(p.name.lower() == made.name.lower() for p in found):
                raise self.refuse(made.at)
            found.append(made)
            self.breaks()
            if self.take(","):
                self.breaks()
                if self.seen(")"):
                    raise self.refuse()
            elif not self.seen(")"):
                raise self.refuse()
        return found

    def parameter(self) -> Parameter:
        """Attributes and types, the name, the default."""
        start = self.at
        attributes: list[Attribute] = []
        types: list[TypeName] = []
        while self.seen("["):
            if ATTRIBUTE.match(self.text, self.at):
                attributes.append(self.attribute())
            else:
                types.append(self.type_name())
            self.breaks()
        if not self.seen("$"):
            raise self.refuse()
        variable = self.variable()
        if ":" in variable.name or variable.braced:
            raise self.refuse(variable.at)
        default: Expression | None = None
        self.blanks()
        if self.take("="):
            self.breaks()
            default = self.expression(commas=False)
        return Parameter(start, self.at, variable.name, attributes, types, default)

    def named_blocks(self) -> dict[str, Block]:
        """begin, process, end, each once."""
        found: dict[str, Block] = {}
        while True:
            self.breaks()
            while self.take(";"):
                self.breaks()
            named = NAMED.match(self.text, self.at)
            if not named:
                if found and self.at < len(self.text) and self.char() != "}":
                    raise self.refuse()
                return found
            word = named[1].lower()
            if word in found:
                raise self.refuse()
            self.at = named.end()
            found[word] = self.block()

    def function(self) -> Function:
        """`function Name {…}` or `function Name(parameters) {…}`."""
        start = self.at
        self.at += len("function")
        if not self.breaks() and self.char(-1) not in " \t":
            raise self.refuse()
        found = FUNCTION_NAME.match(self.text, self.at)
        if not found or TYPOGRAPHIC.intersection(found[0]):
            raise self.refuse()
        self.at = found.end()
        self.breaks()
        inline: list[Parameter] | None = None
        if self.take("("):
            inline = self.parameters()
            self.breaks()
        if not self.seen("{"):
            raise self.refuse()
        body = self.braced_body()
        if inline is not None:
            if body.declared:
                raise self.refuse(start)
            body.parameters, body.declared = inline, True
        return Function(start, self.at, found[0], body)

    def braced_body(self) -> Body:
        """`{ body }`."""
        start = self.at
        self.need("{")
        before, self.inside = self.inside, True
        made = self.body()
        self.inside = before
        self.need("}")
        made.at, made.end = start, self.at
        return made

    inside = False
