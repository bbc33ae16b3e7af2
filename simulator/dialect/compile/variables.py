"""Variables as closures."""

from typing import TYPE_CHECKING

from simulator.dialect.refuse import Refused
from simulator.dialect.run.frame import Expr, Frame
from simulator.dialect.syntax import nodes
from simulator.dialect.values import NOTHING, Value

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
    return lambda frame: frame.scope.get(name, written)


def variable(c: "Compiler", node: nodes.Variable) -> Expr:
    """The variable as a value."""
    get = raw_variable(c, node)

    def run(frame: Frame) -> Value:
        value = get(frame)
        return None if value is NOTHING else value

    return run
