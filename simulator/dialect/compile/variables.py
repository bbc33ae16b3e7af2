"""Variables as closures."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from simulator.dialect.refuse import Refused
from simulator.dialect.run.frame import Expr, Frame
from simulator.dialect.syntax import nodes
from simulator.dialect.types import ENUMS
from simulator.dialect.values import NOTHING, Enum, Switch, Value

if TYPE_CHECKING:
    from simulator.dialect.compile.compiler import Compiler

# automatic variables that the dialect does not keep
UNKNOWN = frozenset(
    [
        "ofs",
        "foreach",
        "switch",
        "myinvocation",
        "stacktrace",
        "home",
        "pid",
        "profile",
        "pwd",
        "host",
        "executioncontext",
        "sender",
        "event",
        "eventargs",
        "psculture",
        "psuiculture",
        "iswindows",
        "islinux",
        "ismacos",
        "iscoreclr",
        "shellid",
        "nestedpromptlevel",
        "psedition",
        "psdebugcontext",
        "psdefaultparametervalues",
        "formatenumerationlimit",
        "maximumhistorycount",
        "outputencoding",
        "psnativecommandargumentpassing",
        "enabledexperimentalfeatures",
        "pssenderinfo",
        "consolefilename",
    ]
)

ACTIONS = frozenset(ENUMS["System.Management.Automation.ActionPreference"])
IMPACTS = frozenset(["None", "Low", "Medium", "High"])
PREFERENCES: dict[str, frozenset[str]] = {
    "erroractionpreference": ACTIONS,
    "warningpreference": ACTIONS,
    "verbosepreference": ACTIONS,
    "debugpreference": ACTIONS,
    "informationpreference": ACTIONS,
    "progresspreference": ACTIONS,
    "confirmpreference": IMPACTS,
    "whatifpreference": frozenset(),
}


def variable_name(c: "Compiler", node: nodes.Variable) -> str:
    """The lower-case name.

    Raises:
        Refused: An automatic variable or a drive that the dialect does not have.
    """
    low = node.name.lower()
    scope, _, bare = low.rpartition(":")
    if bare in UNKNOWN or scope not in ("", "script", "global", "local"):
        raise Refused(c.words(node), c.line(node))
    return low


def raw_variable(c: "Compiler", node: nodes.Variable) -> Expr:
    """The variable as a pipeline sees it, which tells nothing from null."""
    name, written = variable_name(c, node), node.name
    if name in ("_", "psitem"):
        return lambda frame: frame.scope.get("_", written)
    if name.rpartition(":")[2] in PREFERENCES:
        return preference(c, node, name)
    return lambda frame: frame.scope.get(name, written)


def preference(c: "Compiler", node: nodes.Variable, name: str) -> Expr:
    """A preference as the engine or a parameter set it. What a script assigned is text here, its kind the engine's."""
    refusal, written = Refused(c.words(node), c.line(node)), node.name
    kinds = bool | Switch if name.rpartition(":")[2] == "whatifpreference" else Enum

    def run(frame: Frame) -> Value:
        value = frame.scope.get(name, written)
        if not isinstance(value, kinds):
            raise refusal
        return value

    return run


def keeper(c: "Compiler", node: nodes.Variable, name: str) -> Callable[[Frame, Value], None]:
    """What assigning to a preference does; what may be none of its values is refused."""
    refusal, known = Refused(c.words(node), c.line(node)), PREFERENCES[name.rpartition(":")[2]]
    words = {word.lower() for word in known}

    def run(frame: Frame, value: Value) -> None:
        fits = value.lower() in words if isinstance(value, str) else isinstance(value, Enum if known else bool | Switch)
        if not fits:
            raise refusal
        frame.scope.set(name, value)

    return run


def worded(c: "Compiler", node: nodes.Expression) -> Expr:
    """An expression whose text alone counts: then a preference may be one that the script assigned."""
    if not isinstance(node, nodes.Variable):
        return c.expression(node)
    name, written = variable_name(c, node), node.name
    if name.rpartition(":")[2] not in PREFERENCES:
        return c.expression(node)
    guarded, known = raw_variable(c, node), PREFERENCES[name.rpartition(":")[2]]

    def run(frame: Frame) -> Value:
        value = frame.scope.get(name, written)
        return value if isinstance(value, str) and value in known else guarded(frame)

    return run


def variable(c: "Compiler", node: nodes.Variable) -> Expr:
    """The variable as a value."""
    get = raw_variable(c, node)

    def run(frame: Frame) -> Value:
        value = get(frame)
        return None if value is NOTHING else value

    return run
