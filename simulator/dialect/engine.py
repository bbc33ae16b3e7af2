"""One running script: its cmdlets, its streams, its files, and how it ends."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from simulator.dialect import limits, proven
from simulator.dialect.compile import compiler
from simulator.dialect.dates import Release
from simulator.dialect.faults import AUTOMATION, Exit, Leave, Return, StopUpstream, Thrown
from simulator.dialect.files import Files
from simulator.dialect.known import REAL_NOUNS, VERB_NOUN
from simulator.dialect.proven import use
from simulator.dialect.refuse import Refused
from simulator.dialect.run import blocks
from simulator.dialect.run.binding import Given
from simulator.dialect.run.frame import Frame, Streams
from simulator.dialect.run.functions import Body, FunctionStage
from simulator.dialect.run.preferences import PREFERENCE, chosen, on_error
from simulator.dialect.run.scope import Scope
from simulator.dialect.syntax.parser import parse
from simulator.dialect.syntax.units import to_units
from simulator.dialect.types import ENUMS
from simulator.dialect.values import (
    ARRAY_LIST,
    HASHTABLE,
    Array,
    Enum,
    ErrorRecord,
    Hash,
    NetException,
    NetList,
    Record,
    ScriptBlock,
    Value,
)


def no_prompt(_: str) -> bool:
    """Where nobody can answer, a prompt is outside the dialect."""
    raise Refused("")


@dataclass
class Engine:
    """What a script runs in.

    Args:
        files: Its disk.
        cmdlets: The cmdlets by lower-case name: the core ones, and those that a host adds.
        prompt: Answers ShouldProcess's question.
        host: What stands behind the host's cmdlets; its `sleep(seconds)` is called by Start-Sleep.
    """

    files: Files
    cmdlets: dict[str, Any]
    prompt: Callable[[str], bool] = no_prompt
    host: Any = None
    errors: list[ErrorRecord] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    verbose_lines: list[str] = field(default_factory=list)
    what_ifs: list[str] = field(default_factory=list)
    prompts: list[str] = field(default_factory=list)
    history: NetList = field(default_factory=lambda: NetList([], ARRAY_LIST))
    main: str = ""  # the path of the script that was started; `exit` in it ends the run
    missing_is_error: bool = False  # an unknown command is the engine's own error, not outside the dialect
    trying: int = 0
    steps: int = 0
    most: int = limits.STEPS
    depth: int = 0  # of functions and blocks that call each other
    line: int = 0  # of the command that was begun last

    # -- streams
    def what_if(self, told: str) -> None:
        """A What-if message, which goes to the host."""
        self.what_ifs.append(told)

    def ask(self, told: str) -> bool:
        """Asks the person, and keeps the question."""
        self.prompts.append(told)
        return self.prompt(told)

    def note(self, record: ErrorRecord) -> None:
        """Enters an error into `$Error`, newest first, each exception once in a row."""
        if self.history and self.history[0].exception is record.exception:
            return
        self.history.insert(0, record)

    def verbose(self, frame: Frame, told: str) -> None:
        """A verbose message, if the preference shows it."""
        wanted = chosen(frame.scope, "verbosepreference", "SilentlyContinue")
        use("verbose", wanted)
        if wanted == "continue":
            frame.streams.verbose(told)
        elif wanted not in ("silentlycontinue", "ignore"):
            raise Refused("")

    def warn(self, frame: Frame, told: str) -> None:
        """A warning, if the preference shows it."""
        wanted = chosen(frame.scope, "warningpreference", "Continue")
        use("warn", wanted)
        if wanted not in ("continue", "silentlycontinue", "ignore"):
            raise Refused("")
        if wanted != "ignore":
            frame.streams.gather("warning", Record(f"{AUTOMATION}.WarningRecord", told))
        if wanted == "continue":
            frame.streams.warnings(told)

    def report(self, frame: Frame, record: ErrorRecord) -> None:
        """A non-terminating error: thrown under Stop, listed under Continue, dropped under Silent and Ignore."""
        wanted = on_error(frame.scope)
        use("report", wanted, "try" if self.trying else "-")
        if wanted == "ignore":
            return
        self.note(record)
        frame.streams.gather("error", record)
        if wanted == "stop":
            outer = NetException(f"{AUTOMATION}.ActionPreferenceStopException", None)
            raise Thrown(record, outer)
        if wanted == "continue":
            frame.streams.errors(record)
        elif wanted != "silentlycontinue":
            raise Refused("")

    def goes_on(self, frame: Frame, thrown: Thrown) -> bool:
        """Whether the script goes on behind a statement that failed: outside of try, if errors do not stop it."""
        if self.trying:
            return False
        wanted = on_error(frame.scope)
        use("goes-on", wanted, "throw" if thrown.by_throw else "-")
        if wanted in ("silentlycontinue", "ignore"):
            if wanted != "ignore":
                self.note(thrown.record)
            return True
        if wanted == "continue" and not thrown.by_throw:
            raise Refused("")  # how the error stream shows it is not settled
        return False

    def tick(self) -> None:
        """Counts a round of a loop."""
        self.steps += 1
        if self.steps > self.most:
            raise Refused("", why=f"more than {self.most} steps")

    # -- blocks and files
    def run_block(self, frame: Frame, block: ScriptBlock, item: Value) -> Value:
        """A block's value for an item, in the caller's scope."""
        return blocks.gathered(frame, block, item)

    def block_value(self, frame: Frame) -> Callable[[ScriptBlock, Value], Value]:
        """How a block is run for an item, from a place."""
        return lambda block, item: blocks.value_for(frame, block, item)

    def checked(self, frame: Frame, body: Body, item: Value) -> Value:
        """A validation's block."""
        return blocks.checked(frame, body, item)

    def unknown_command(self, name: str) -> bool:
        """Whether it is certain that the recorded engine has no command of that name either."""
        found = VERB_NOUN.fullmatch(name)
        return self.missing_is_error and found is not None and found[1].lower() not in REAL_NOUNS

    def script(self, path: str) -> Body:
        """A script file as something to call."""
        found = self.files.resolve(path)
        if not self.files.is_file(found):
            raise Refused("")
        return compiled(self.files.read(found), PurePath(path).name, path, alone=False)

    def locate(self, names: dict[str, Value], path: str) -> None:
        """The automatic variables that tell where a script is."""
        names["pscommandpath"] = path
        names["psscriptroot"] = str(PurePath(path).parent)

    def create_block(self, words: str) -> ScriptBlock:
        """[scriptblock]::Create: text as a block; what the dialect does not read is refused where it is created."""
        try:
            parser, tree = parse(words)
            return ScriptBlock(compiler.compiled(parser, tree), words)
        except Refused as refusal:
            raise Refused("") from refusal

    # -- running
    def streams(self) -> Streams:
        """The run's own streams."""
        return Streams(self.errors.append, self.warnings.append, self.verbose_lines.append)

    def top(self, variables: dict[str, Value]) -> Frame:
        """The outermost frame, strict mode 3.0 and stop on error as every script of ours sets them."""
        scope = Scope(script=True)
        for name, word in (("erroraction", "Stop"), ("verbose", "SilentlyContinue"), ("warning", "Continue")):
            scope.names[f"{name}preference"] = Enum(PREFERENCE, word, ENUMS[PREFERENCE][word])
        scope.names["confirmpreference"] = Enum(f"{AUTOMATION}.ConfirmImpact", "High", 3)
        version = Hash(kind=HASHTABLE)
        version.put("PSVersion", Release(7, 6, 5))
        version.put("PSEdition", "Core")
        version.whole = False
        scope.names.update({"whatifpreference": False, "error": self.history, "args": Array()})
        scope.names.update({"psscriptroot": "", "pscommandpath": "", "psversiontable": version})
        scope.names.update({name.lower(): value for name, value in variables.items()})
        return Frame(self, scope, self.streams())


@dataclass
class Outcome:
    """How a run ended: what it gave, and the error or exit code that ended it."""

    output: list[Value]
    error: Thrown | None = None
    code: int | None = None


def run(source: str, engine: Engine, variables: dict[str, Value]) -> Outcome:
    """Runs statements as the recordings' harness does.

    Raises:
        Refused: Something in them is outside the dialect.
    """
    with limits.within():
        return ran(source, engine, variables)


def ran(source: str, engine: Engine, variables: dict[str, Value]) -> Outcome:
    """Runs the statements, whatever it takes."""
    parser, tree = parse(source)
    if tree.declared or parser.requires:
        raise parser.refuse(tree.at)
    made = compiler.compiled(parser, tree)
    if made.begin or made.process:
        raise parser.refuse(tree.at)
    frame = engine.top({name: to_units(v) if isinstance(v, str) else v for name, v in variables.items()})
    out: list[Value] = []
    try:
        if made.end is not None:
            made.end(frame, out.append)
    except Thrown as thrown:
        return Outcome(out, thrown)
    except Exit as leaving:
        raise Refused("exit", leaving.line) from leaving
    except (Return, Leave, StopUpstream) as leaving:
        use("left", type(leaving).__name__)
        return Outcome(out)
    return Outcome(out)


def compiled(source: str, name: str, path: str, *, alone: bool = True) -> Body:
    """A script's text as a body that can be called; where it is not run alone its lines are another text's.

    Raises:
        Refused: Something in it is outside the dialect.
    """
    try:
        parser, tree = parse(source)
        if parser.requires and not alone:
            raise Refused("")
        made = compiler.compiled(parser, tree, name)
    except Refused as refusal:
        raise refusal if alone else Refused("") from refusal
    made.script = path
    return made


def run_script(source: str, engine: Engine, arguments: dict[str, Value], path: str = "script.ps1") -> Outcome:
    """Runs a script with named arguments, as `& script.ps1 @arguments` does.

    Raises:
        Refused: Something in it is outside the dialect, at a line of it.
    """
    with limits.within(), proven.within(proven.HELD.table.wider()):
        return started(source, engine, arguments, path)


def started(source: str, engine: Engine, arguments: dict[str, Value], path: str) -> Outcome:
    """Runs the script, whatever table is asked."""
    engine.main = to_units(path)
    body = compiled(source, PurePath(path).name, engine.main)
    out: list[Value] = []
    frame = engine.top({})
    given = [Given(name, to_units(v) if isinstance(v, str) else v) for name, v in arguments.items()]
    stage = FunctionStage(frame, body, given, out.append, False, frame.streams, dot=False)
    try:
        stage.begin()
        stage.end()
    except Thrown as thrown:
        return Outcome(out, thrown)
    except Exit as leaving:
        return Outcome(out, code=leaving.code)
    except (Leave, StopUpstream):
        return Outcome(out)
    return Outcome(out)
