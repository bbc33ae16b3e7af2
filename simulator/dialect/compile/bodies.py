"""Functions, script blocks and their parameters."""

from typing import TYPE_CHECKING, Any

from simulator.dialect.compile import checks
from simulator.dialect.convert import text, truth
from simulator.dialect.refuse import Refused
from simulator.dialect.run.frame import Emit, Expr, Frame, Stmt
from simulator.dialect.run.functions import Body
from simulator.dialect.run.signature import Parameter, Signature
from simulator.dialect.syntax import nodes
from simulator.dialect.syntax.units import from_units
from simulator.dialect.values import Array, ScriptBlock, Value

if TYPE_CHECKING:
    from simulator.dialect.compile.compiler import Compiler

IMPACTS = ("none", "low", "medium", "high")


def body(c: "Compiler", node: nodes.Body, name: str) -> Body:
    """A function's, script's or script block's parts."""
    signature = Signature(name, [])
    for attribute in node.attributes:
        of_command(c, attribute, signature)
    signature.parameters = [parameter(c, p, signature) for p in node.parameters]
    signature.finish()
    steps = {word: c.block(block) for word, block in node.blocks.items()}
    return Body(name, signature, steps.get("begin"), steps.get("process"), steps.get("end"), assigns=assigns(node))


def assigns(node: nodes.Body) -> bool:
    """Whether a body sets a variable without a scope of its name."""
    from simulator.dialect.static import walk

    for inner in walk(list(node.blocks.values())):
        if isinstance(inner, nodes.Assignment | nodes.ForEach | nodes.Function):
            return True
        if isinstance(inner, nodes.Unary) and inner.sign in ("++", "--"):
            return True
    return False


def function(c: "Compiler", node: nodes.Function) -> Stmt:
    """Defines a function in the scope that runs the statement."""
    made = body(c, node.body, node.name)
    low = node.name.lower()

    def run(frame: Frame, _: Emit) -> None:
        frame.scope.functions[low] = made

    return run


def block_value(c: "Compiler", node: nodes.BlockValue) -> Expr:
    """`{ … }` as a value."""
    made = body(c, node.body, "")
    words = from_units(c.parser.text[node.at + 1 : node.end - 1])
    return lambda _: ScriptBlock(made, words)


# -- parameters
def constant(c: "Compiler", node: nodes.Expression) -> Value:
    """An attribute's value: a literal, $true, $false, $null."""
    if isinstance(node, nodes.Variable):
        known = {"true": True, "false": False, "null": None}
        if node.name.lower() not in known:
            raise c.refuse(node)
        return known[node.name.lower()]
    if isinstance(node, nodes.Text | nodes.Number):
        return node.value
    if isinstance(node, nodes.List):
        return Array.of([constant(c, item) for item in node.items])
    raise c.refuse(node)


def settings(c: "Compiler", attribute: nodes.Attribute) -> dict[str, Value]:
    """The named values of an attribute, in lower case; a bare name means true."""
    return {key.lower(): True if value is None else constant(c, value) for key, value in attribute.named}


def of_command(c: "Compiler", attribute: nodes.Attribute, made: Signature) -> None:
    """[CmdletBinding(…)] and [OutputType(…)]."""
    name = attribute.name.lower()
    if name == "outputtype":
        return
    if name == "diagnostics.codeanalysis.suppressmessageattribute":
        return
    if name != "cmdletbinding" or attribute.positional:
        raise c.refuse(attribute)
    made.advanced = True
    for key, value in settings(c, attribute).items():
        if key == "supportsshouldprocess":
            made.should_process = truth(value)
        elif key == "confirmimpact" and text(value).lower() in IMPACTS:
            made.impact = text(value)
        elif key == "defaultparametersetname":
            made.default_set = text(value)
        elif key == "positionalbinding":
            made.positional = truth(value)
        else:
            raise c.refuse(attribute)


def parameter(c: "Compiler", node: nodes.Parameter, made: Signature) -> Parameter:
    """One declared parameter."""
    if len(node.types) > 1:
        raise c.refuse(node)
    found = Parameter(node.name, c.type(node.types[0]) if node.types else None)
    for attribute in node.attributes:
        of_parameter(c, attribute, found, made)
    if node.default is not None:
        found.default = c.expression(node.default)
    return found


def of_parameter(c: "Compiler", attribute: nodes.Attribute, found: Parameter, made: Signature) -> None:
    """[Parameter(…)], [Alias(…)], [Validate…(…)], [Allow…()]."""
    name = attribute.name.lower()
    if name == "parameter":
        made.advanced = True
        for key, value in settings(c, attribute).items():
            of_binding(c, attribute, found, key, value)
        return
    if name == "validatescript":
        found.validators.append(checks.script(found.name, script_check(c, attribute)))
        return
    positional: list[Value] = []
    for node in attribute.positional:
        value = constant(c, node)
        positional += list(value) if isinstance(value, Array) else [value]
    if attribute.named:
        raise c.refuse(attribute)
    if name == "alias":
        found.aliases = tuple(text(v) for v in positional)
    elif name == "allownull":
        found.allow_null = True
    elif name == "allowemptystring":
        found.allow_empty = True
    elif name == "allowemptycollection":
        found.allow_none = True
    elif name in checks.CHECKS:
        try:
            found.validators.append(checks.CHECKS[name](found.name, positional))
        except Refused:
            raise c.refuse(attribute) from None
    else:
        raise c.refuse(attribute)


def of_binding(c: "Compiler", attribute: nodes.Attribute, found: Parameter, key: str, value: Value) -> None:
    """One setting of [Parameter(…)]."""
    if key == "mandatory":
        found.mandatory = truth(value)
    elif key == "position":
        if type(value) is not int:
            raise c.refuse(attribute)
        found.position = value
    elif key == "valuefrompipeline":
        found.pipeline = truth(value)
    elif key == "valuefrompipelinebypropertyname":
        found.by_name = truth(value)
    elif key == "parametersetname":
        found.sets = (*found.sets, text(value))
    elif key != "helpmessage":
        raise c.refuse(attribute)


def script_check(c: "Compiler", attribute: nodes.Attribute) -> Any:
    """The block of [ValidateScript({ … })]."""
    block = attribute.positional[0] if len(attribute.positional) == 1 and not attribute.named else None
    if not isinstance(block, nodes.BlockValue):
        raise c.refuse(attribute)
    made = body(c, block.body, "")
    words = from_units(c.parser.text[block.at + 1 : block.end - 1])
    return made, words
