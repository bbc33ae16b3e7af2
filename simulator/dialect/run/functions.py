"""A running function, script block or script as a stage of a pipeline."""

from dataclasses import dataclass
from typing import Any

from simulator.dialect.casts import cast
from simulator.dialect.convert import text
from simulator.dialect.faults import AUTOMATION, BINDING, Exit, Leave, Return, Thrown, engine
from simulator.dialect.limits import CALLS
from simulator.dialect.proven import class_of, use
from simulator.dialect.refuse import Refused
from simulator.dialect.run.binding import Binding, Given, as_parameter, bind, choose_set, from_pipeline
from simulator.dialect.run.frame import Emit, Frame, Stmt, Streams
from simulator.dialect.run.preferences import collectors, common_preferences, should_process
from simulator.dialect.run.scope import Scope
from simulator.dialect.run.signature import Parameter, Signature
from simulator.dialect.values import (
    NOTHING,
    Array,
    ErrorRecord,
    Int64,
    NetException,
    NetType,
    Once,
    Opaque,
    Switch,
    Value,
)


@dataclass
class Body:
    """A function's or script block's compiled parts."""

    name: str
    signature: Signature
    begin: Stmt | None
    process: Stmt | None
    end: Stmt | None
    assigns: bool = False  # whether it sets a plain variable
    home: Scope | None = None  # the scope that encloses it, where that is not the caller's
    script: str = ""  # the path of the file, for a script


# what a typed parameter holds when nothing was bound; a type that is not here holds null
BLANK: dict[str, Value] = {
    "System.String": "",
    "System.Int32": 0,
    "System.Int64": Int64(0),
    "System.Double": 0.0,
    "System.Boolean": False,
    "System.Management.Automation.SwitchParameter": Switch(False),
}
UNSETTLED = ("System.DateTime", "System.Guid", "System.TimeSpan", "System.Char", "System.Decimal", "System.Byte")


class FunctionStage:
    """Binds what was given, then runs begin, process for each value, end."""

    def __init__(  # noqa: PLR0917
        self, caller: Frame, body: Body, given: list[Given], emit: Emit, piped: bool, streams: Streams, *, dot: bool
    ) -> None:
        self.caller, self.body, self.given, self.emit, self.piped = caller, body, given, emit, piped
        scope = caller.scope if dot else Scope(body.home or caller.scope, script=bool(body.script))
        self.frame = Frame(caller.engine, scope, streams, self)
        self.binding = Binding()
        self.from_pipe: set[str] = set()
        self.queue = Once()
        self.dot = dot
        self.ended = False  # a script that has called exit

    def begin(self) -> None:
        """Binds, sets the variables and preferences, runs the begin block."""
        body, names = self.body, self.frame.scope.names
        signature = body.signature
        use(
            "body",
            "advanced" if signature.advanced else "simple",
            "piped" if self.piped else "-",
            "dot" if self.dot else "-",
            "home" if body.home is not None else "-",
            "+".join(n for n in ("begin", "process", "end") if getattr(body, n) is not None) or "-",
        )
        self.binding = bind(signature, self.given, self.piped, self.caller)
        if signature.advanced:
            common_preferences(self.binding.bound, names, body.name, keep=True)
            self.frame.streams = collectors(self.binding.bound, self.caller.scope, self.frame.streams)
            self.collect_output()
            names["pscmdlet"] = Context(self)
        elif not self.dot or self.given:
            names["args"] = Array.of(self.binding.rest)
        self.locate(names)
        for p in signature.parameters:
            self.declare(p)
        names["psboundparameters"] = self.binding.bound
        if not self.dot:
            names["input"] = self.queue
        if body.begin is not None:
            self.run(body.begin)

    def locate(self, names: dict[str, Value]) -> None:
        """Where the running code stands: the file of a script, and what was called."""
        if self.body.script:
            self.frame.engine.locate(names, self.body.script)

    def collect_output(self) -> None:
        """-OutVariable: what is given out is kept too."""
        lists = self.frame.streams.collect.pop("output", None)
        if lists:
            onward = self.emit

            def both(value: Value) -> None:
                for target in lists:
                    target.append(value)
                onward(value)

            self.emit = both

    def declare(self, p: Parameter) -> None:
        """A parameter as a variable: the bound value, its default, or its type's blank."""
        scope, kind, low = self.frame.scope, p.type, p.low
        if p.name in self.binding.bound:
            value = self.binding.bound.get(p.name)
        elif p.default is not None:
            value = p.default(self.frame)
            use("default", kind.name if kind is not None else "-", class_of(value))
            if kind is not None:
                value = as_parameter(kind, value, p.name, self.body.signature)
        elif kind is not None and kind.name in UNSETTLED:
            raise Refused("")
        else:
            use("blank", kind.name if kind is not None else "-")
            value = BLANK.get(kind.name) if kind is not None else None
        scope.names[low] = value
        if kind is not None or p.validators:
            scope.coerce[low] = checked(kind, p, self.frame)

    def process(self, value: Value) -> None:
        """One value from the pipeline."""
        use("input", "function", class_of(value))
        body, names = self.body, self.frame.scope.names
        if body.signature.takers:
            if not self.take(value):
                return
        elif body.signature.advanced:
            self.not_bound(value)
            return
        elif body.process is None:
            self.queue.append(value)
            return
        if body.process is not None:
            names["_"] = value
            self.run(body.process)

    def take(self, value: Value) -> bool:
        """Binds one value of the pipeline; what the one before bound is forgotten."""
        signature, bound = self.body.signature, self.binding.bound
        for p in signature.takers:
            if p.low in self.from_pipe:
                bound.pop(p.name)
                self.declare(p)
        self.from_pipe.clear()
        taken = {key.lower() for key, _ in bound.items()}
        found = from_pipeline(signature, taken, value, self.frame)
        if not found:
            self.not_bound(value)
            return False
        for low, (p, made) in found.items():
            bound.put(p.name, made)
            self.frame.scope.names[low] = made
            self.from_pipe.add(low)
        return True

    def not_bound(self, value: Value) -> None:
        """The pipeline's value fits no parameter: an error of its own, and on with the next."""
        told = (
            "The input object cannot be bound to any parameters for the command either because the command does not "
            "take pipeline input or the input and its properties do not match any of the parameters that take pipeline "
            "input."
        )
        record = ErrorRecord(
            NetException(BINDING, told), f"InputObjectNotBound,{self.body.name}", "InvalidArgument", value
        )
        self.frame.engine.report(self.frame, record)

    def end(self) -> None:
        """Runs process once where nothing was piped, then the end block."""
        if self.body.process is not None and not self.piped:
            self.frame.scope.names["_"] = None
            self.run(self.body.process)
        if self.body.end is not None:
            self.run(self.body.end)

    def run(self, work: Stmt) -> None:
        """Runs one block; `return` ends it, `break` must not leave it."""
        if self.ended:
            return
        engine = self.frame.engine
        engine.depth += 1
        if engine.depth > CALLS:
            raise Refused("", why=f"more than {CALLS} calls inside each other")
        try:
            work(self.frame, self.emit)
        except Return:
            return
        except Exit as leaving:
            if not self.body.script or self.frame.engine.main == self.body.script:
                raise
            self.frame.scope.top.names["lastexitcode"] = leaving.code
            self.ended = True
        except Leave as leave:
            if self.dot:
                raise
            raise Refused("") from leave
        finally:
            engine.depth -= 1


def checked(kind: NetType | None, p: Parameter, frame: Frame) -> Any:
    """What a later assignment to a parameter goes through: its type and its checks."""

    def work(value: Value) -> Value:
        made = value if kind is None else cast(kind, value)
        for check in p.validators:
            try:
                check(made, "", frame)
            except Thrown as error:
                told = (
                    f"The variable cannot be validated because the value {text(made)} is not a valid value for the "
                    f"{p.name} variable."
                )
                type_ = f"{AUTOMATION}.ValidationMetadataException"
                raise engine("ValidateSetFailure", told, "MetadataError", type_) from error
        return made

    return work


class Context:
    """`$PSCmdlet` of an advanced function."""

    NET = f"{AUTOMATION}.PSScriptCmdlet"

    def __init__(self, stage: FunctionStage) -> None:
        self.stage = stage

    def member(self, low: str) -> Value:
        """ParameterSetName, MyInvocation."""
        if low == "parametersetname":
            stage = self.stage
            return choose_set(stage.body.signature, stage.binding.bound) or "__AllParameterSets"
        if low == "myinvocation":
            return Opaque(f"{AUTOMATION}.InvocationInfo", {"mycommand": self.stage.body.name})
        raise Refused("")

    def call(self, low: str, arguments: list[Value], frame: Frame) -> Value:
        """ShouldProcess, ThrowTerminatingError, WriteError, and paths."""
        body = self.stage.body
        if low == "shouldprocess" and 1 <= len(arguments) <= 3 and body.signature.should_process:
            return should_process(self.stage.frame, body.name, body.signature.impact, arguments)
        if low in ("throwterminatingerror", "writeerror") and len(arguments) == 1:
            return self.report(low, arguments[0], frame)
        if low == "getunresolvedproviderpathfrompspath" and len(arguments) == 1:
            return frame.engine.files.full(text(arguments[0]))
        raise Refused("")

    def report(self, low: str, record: Value, frame: Frame) -> Value:
        """An error of this function, with its name behind the id."""
        if not isinstance(record, ErrorRecord):
            raise Refused("")
        name = self.stage.body.name
        made = ErrorRecord(record.exception, f"{record.id.partition(',')[0]},{name}", record.category, record.target)
        made.activity = name
        if low == "writeerror":
            frame.engine.report(self.stage.frame, made)
            return NOTHING
        inner = record.exception
        raise Thrown(
            made, NetException(f"{AUTOMATION}.CmdletInvocationException", inner.message, inner, given=inner.given)
        )


def record_of(value: Value, frame: Frame, *, bare: bool) -> Thrown:
    """The error of a `throw`: of text, of an exception, of a record, or again of the one at hand."""
    runtime = f"{AUTOMATION}.RuntimeException"
    if bare:
        use("throw", "bare", class_of(frame.scope.names.get("_")))
        current = frame.scope.names.get("_")
        if isinstance(current, ErrorRecord):
            return again(current)
        return Thrown(ErrorRecord(NetException(runtime, "ScriptHalted"), "ScriptHalted", "OperationStopped"))
    if isinstance(value, ErrorRecord):
        return again(value)
    if isinstance(value, NetException):
        use("throw", value.type)
        if value.type.startswith(AUTOMATION) or value.message is None:
            raise Refused("")
        outer = NetException(runtime, value.message, value, given=value.given)
        return Thrown(ErrorRecord(value, value.message, "OperationStopped"), outer, by_throw=True)
    if value is None:
        raise Refused("")
    use("throw", class_of(value))
    told = text(value)
    return Thrown(ErrorRecord(NetException(runtime, told, given=True), told, "OperationStopped", value), by_throw=True)


def again(record: ErrorRecord) -> Thrown:
    """An error that was caught, on its way once more."""
    return record.origin if isinstance(record.origin, Thrown) else Thrown(record, by_throw=True)
