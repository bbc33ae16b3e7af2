"""One running script: its cmdlets, its streams, its files, and how it ends."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from simulator.dialect.compile import Compiler
from simulator.dialect.convert import text
from simulator.dialect.expressions import named_children
from simulator.dialect.faults import Exit, Leave, Return, StopUpstream, Thrown
from simulator.dialect.files import Files
from simulator.dialect.frame import Frame
from simulator.dialect.refuse import Refused
from simulator.dialect.scope import Scope
from simulator.dialect.tree import Script
from simulator.dialect.values import ErrorRecord, Value


def no_prompt(told: str) -> bool:
    """Where nobody can answer, a prompt is outside the dialect."""
    raise Refused(told)


@dataclass
class Engine:
    """What a script runs in. `cmdlets` by lower-case name; `prompt` answers ShouldProcess's question."""

    files: Files
    cmdlets: dict[str, Any]
    prompt: Callable[[str], bool] = no_prompt
    errors: list[ErrorRecord] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    verbose_lines: list[str] = field(default_factory=list)
    what_ifs: list[str] = field(default_factory=list)
    prompts: list[str] = field(default_factory=list)
    host: Any = None

    def what_if(self, told: str) -> None:
        """A What-if message, which goes to the host."""
        self.what_ifs.append(told)

    def ask(self, told: str) -> bool:
        """Asks the person, and keeps the question."""
        self.prompts.append(told)
        return self.prompt(told)

    def note(self, record: ErrorRecord) -> None:
        """An error that was caught (`$Error` is outside the dialect)."""

    def verbose(self, scope: Scope, told: str) -> None:
        """A verbose message, if the preference shows it."""
        if chosen(scope, "verbosepreference", "SilentlyContinue") == "continue":
            self.verbose_lines.append(told)

    def warn(self, scope: Scope, told: str) -> None:
        """A warning, if the preference shows it."""
        wanted = chosen(scope, "warningpreference", "Continue")
        if wanted == "stop":
            raise Refused("Write-Warning")
        if wanted == "continue":
            self.warnings.append(told)

    def report(self, scope: Scope, record: ErrorRecord) -> None:
        """A non-terminating error: thrown under Stop, listed under Continue, dropped under Silent and Ignore."""
        wanted = chosen(scope, "erroractionpreference", "Continue")
        if wanted == "stop":
            raise Thrown(record)
        if wanted == "continue":
            self.errors.append(record)

    def top(self, variables: dict[str, Value]) -> Frame:
        """The outermost frame, strict mode 3.0 and stop on error as every script of ours sets them."""
        scope = Scope(script=True)
        scope.names.update({"erroractionpreference": "Stop", "whatifpreference": False, "confirmpreference": "High"})
        scope.names.update({"verbosepreference": "SilentlyContinue", "warningpreference": "Continue"})
        scope.names.update({name.lower(): value for name, value in variables.items()})
        return Frame(self, scope)


def chosen(scope: Scope, name: str, default: str) -> str:
    """A preference variable in lower case."""
    owner = scope.find(name)
    return default.lower() if owner is None else text(owner.names[name]).lower()


@dataclass
class Outcome:
    """How a run ended: what it gave, and the error or exit code that ended it."""

    output: list[Value]
    error: ErrorRecord | None = None
    line: int = 0
    code: int | None = None


def run(source: str, engine: Engine, variables: dict[str, Value]) -> Outcome:
    """Runs statements as a script does.

    Raises:
        Refused: Something in them is outside the dialect.
    """
    script = Script(source)
    compiler = Compiler(script)
    step = program(compiler, script)
    out: list[Value] = []
    frame = engine.top(variables)
    try:
        step(frame, out.append)
    except Thrown as thrown:
        return Outcome(out, thrown.record, getattr(thrown, "line", 0))
    except Exit as leaving:
        return Outcome(out, code=leaving.code)
    except (Return, Leave, StopUpstream):
        return Outcome(out)
    return Outcome(out)


def program(compiler: Compiler, script: Script) -> Any:
    """The statements of a whole script without parameters."""
    lists = named_children(script.root)
    if any(node.type != "statement_list" for node in lists) or len(lists) > 1:
        raise script.refuse(next(node for node in lists if node.type != "statement_list"))
    return compiler.statements(lists[0] if lists else None)
