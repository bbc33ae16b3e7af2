"""A running function or script block as a stage of a pipeline."""

from typing import TYPE_CHECKING, Any

from simulator.dialect.binding import BINDING, Binder, Given, Parameter
from simulator.dialect.convert import text, truth
from simulator.dialect.faults import Return, Thrown, engine
from simulator.dialect.frame import Emit, Frame, Stmt
from simulator.dialect.refuse import Refused
from simulator.dialect.scope import Scope
from simulator.dialect.types import as_parameter, coerce, default_of
from simulator.dialect.values import ErrorRecord, Hash, NetException, Obj, Opaque, Switch, Value

if TYPE_CHECKING:
    from simulator.dialect.blocks import Body

IMPACT = {"none": 0, "low": 1, "medium": 2, "high": 3}
ACTIONS = ("SilentlyContinue", "Stop", "Continue", "Inquire", "Ignore", "Suspend", "Break")


class FunctionStage:
    """Binds what was given, then runs begin, process for each value, end."""

    def __init__(self, caller: Frame, body: "Body", given: Given, emit: Emit, piped: bool) -> None:
        self.body, self.emit, self.piped = body, emit, piped
        self.binder = Binder(body.signature)
        self.given = given
        scope = Scope(caller.scope)
        self.frame = Frame(caller.engine, scope, self if body.signature.advanced else caller.cmdlet)
        self.takers = [p for p in body.signature.parameters if p.pipeline or p.by_name]

    def begin(self) -> None:
        """Binds, sets the variables and preferences, runs the begin block."""
        self.binder.bind(self.given, self.piped)
        names = self.frame.scope.names
        if self.body.signature.advanced:
            common_preferences(self.binder.bound, names, self.body.name)
            names["pscmdlet"] = Context(self)
        elif self.binder.rest:
            names["args"] = None
            raise_args(self)
        for p in self.body.signature.parameters:
            self._declare(p)
        names["psboundparameters"] = self.binder.bound
        if self.body.begin is not None:
            self._run(self.body.begin)

    def _declare(self, p: Parameter) -> None:
        """A parameter as a variable: the bound value, its default, or its type's blank."""
        scope, kind = self.frame.scope, p.type
        if p.name in self.binder.bound:
            value = self.binder.bound.get(p.name)
        elif p.default is not None:
            value = p.default(self.frame)
            value = coerce(kind, value) if kind is not None else value
        else:
            value = default_of(kind)
        scope.names[p.name.lower()] = value
        if kind is not None:
            scope.coerce[p.name.lower()] = lambda v, k=kind: coerce(k, v)  # type: ignore[misc]
        if p.validators:
            scope.coerce[p.name.lower()] = lambda _, n=p.name: refuse_assignment(n)  # type: ignore[misc]

    def process(self, value: Value) -> None:
        """One value from the pipeline."""
        if not self.takers:
            if self.body.signature.advanced:
                raise not_bound(self.body.name)
            if self.body.process is None:
                return
        else:
            self._take(value)
        if self.body.process is not None:
            self.frame.scope.names["_"] = value
            self._run(self.body.process)

    def _take(self, value: Value) -> None:
        """Binds the value to the parameter that takes it whole, else to those named as its properties."""
        taken = False
        for p in self.takers:
            if p.pipeline and p.name not in {n for n, _, _ in self.given.named} | {n for n, _ in self.given.splatted}:
                if isinstance(value, Obj) and p.by_name and (p.type is None or p.type.name == "System.String"):
                    continue
                self._put(p, value)
                taken = True
        if not taken and isinstance(value, Obj):
            for p in self.takers:
                name = next((n for n in (p.name, *p.aliases) if n in value), None)
                if p.by_name and name is not None:
                    self._put(p, value.get(name))
                    taken = True
        if not taken:
            raise not_bound(self.body.name)

    def _put(self, p: Parameter, value: Value) -> None:
        try:
            made = as_parameter(p.type, value, p.name, self.body.name) if p.type is not None else value
        except Thrown:
            raise not_bound(self.body.name) from None
        for check in p.validators:
            check(made, self.body.name)
        self.binder.bound.put(p.name, made)
        self.frame.scope.names[p.name.lower()] = made

    def end(self) -> None:
        """Runs process once where nothing was piped, then the end block."""
        if self.body.process is not None and not self.piped:
            self._run(self.body.process)
        if self.body.end is not None:
            self._run(self.body.end)

    def _run(self, work: Stmt) -> None:
        try:
            work(self.frame, self.emit)
        except Return:
            return


def raise_args(stage: FunctionStage) -> None:
    """Arguments beyond the parameters of a simple function would be `$args`, which is outside the dialect."""
    raise Refused(stage.body.name)


def refuse_assignment(name: str) -> Value:
    """Assigning to a parameter with a validation checks it again in the engine."""
    raise Refused(f"${name}")


def not_bound(name: str) -> Thrown:
    """The pipeline's value fits no parameter."""
    message = (
        "The input object cannot be bound to any parameters for the command either because the command does not take "
        "pipeline input or the input and its properties do not match any of the parameters that take pipeline input."
    )
    return Thrown(ErrorRecord(NetException(BINDING, message), f"InputObjectNotBound,{name}", "InvalidArgument"))


def common_preferences(bound: Hash, names: dict[str, Value], function: str) -> None:
    """The common parameters set preferences in the function's scope."""
    for key, raw in bound.items():
        low = text(key).lower()
        if low == "erroraction":
            names["erroractionpreference"] = action(raw, function)
            bound.put(key, names["erroractionpreference"])
        elif low == "warningaction":
            names["warningpreference"] = action(raw, function)
        elif low == "whatif":
            names["whatifpreference"] = raw
        elif low == "verbose":
            names["verbosepreference"] = "Continue" if truth(raw) else "SilentlyContinue"
        elif low == "confirm":
            names["confirmpreference"] = "Low" if truth(raw) else "None"
        elif low in ("errorvariable", "outvariable", "debug", "informationaction"):
            raise Refused(f"-{key}")


def action(value: Value, function: str) -> str:
    """An action preference by name or its unique beginning."""
    word = text(value)
    exact = next((a for a in ACTIONS if a.lower() == word.lower()), None)
    fits = [exact] if exact else [a for a in ACTIONS if a.lower().startswith(word.lower())]
    if len(fits) != 1 or not word:
        message = f'Cannot bind parameter \'ErrorAction\'. Cannot convert value "{word}" to type "System.Management.Automation.ActionPreference".'
        raise engine(f"CannotConvertArgumentNoMessage,{function}", message, "InvalidArgument", BINDING)
    return str(fits[0])


class Context:
    """`$PSCmdlet` of an advanced function."""

    def __init__(self, stage: FunctionStage) -> None:
        self.stage = stage

    def member(self, low: str, word: str) -> Value:
        """ParameterSetName, MyInvocation."""
        if low == "parametersetname":
            return self.chosen_set()
        if low == "myinvocation":
            return Opaque("System.Management.Automation.InvocationInfo", {})
        raise Refused(word)

    def chosen_set(self) -> str:
        """The parameter set that the bound parameters settle."""
        signature = self.stage.body.signature
        sets = [set(p.sets) for p in signature.parameters if p.sets and p.name in self.stage.binder.bound]
        if not sets:
            return signature.default_set or "__AllParameterSets"
        common = set.intersection(*sets)
        return signature.default_set if signature.default_set in common else sorted(common)[0]

    def call(self, low: str, arguments: list[Value], frame: Any) -> Value:
        """ShouldProcess and ThrowTerminatingError."""
        if low == "shouldprocess" and 1 <= len(arguments) <= 3:
            return self.should(arguments)
        if low == "throwterminatingerror" and len(arguments) == 1 and isinstance(arguments[0], ErrorRecord):
            raise Thrown(arguments[0])
        raise Refused(low)

    def should(self, arguments: list[Value]) -> bool:
        """ShouldProcess(target[, action]): false under -WhatIf; may ask; tells the verbose stream."""
        stage = self.stage
        scope, name = stage.frame.scope, stage.body.name
        if not stage.body.signature.should_process:
            raise Refused("ShouldProcess")
        words = [text(a) for a in arguments]
        told = f'Performing the operation "{words[1] if len(words) == 2 else name}" on target "{words[0]}".'
        if len(words) == 3:
            told = words[0]
        if truth(preference(scope, "whatifpreference", False)):
            stage.frame.engine.what_if(told)
            return False
        chosen = text(preference(scope, "confirmpreference", "High")).lower()
        impact = stage.body.signature.impact.lower()
        if chosen != "none" and IMPACT[impact] >= IMPACT[chosen] and not stage.frame.engine.ask(told):
            return False
        stage.frame.engine.verbose(scope, told)
        return True


def preference(scope: Scope, name: str, default: Value) -> Value:
    """A preference variable, or its default."""
    owner = scope.find(name)
    return default if owner is None else owner.names[name]


__all__ = ["Context", "FunctionStage", "Switch", "common_preferences", "preference"]
