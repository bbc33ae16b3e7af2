"""Errors of the script itself, as the engine raises them: an error record travels in `Thrown`."""

from simulator.dialect.values import ErrorRecord, NetException, Value

ENGINE = "System.Management.Automation.ParentContainsErrorRecordException"
RUNTIME = "System.Management.Automation.RuntimeException"


class Thrown(Exception):
    """A terminating error on its way to a catch block."""

    def __init__(self, record: ErrorRecord) -> None:
        super().__init__(record.exception.message)
        self.record = record


class Leave(Exception):
    """`break` or `continue` on its way to its loop; `label` is lower case, empty for the nearest."""

    def __init__(self, kind: str, label: str = "") -> None:
        super().__init__(kind)
        self.kind = kind
        self.label = label


class Return(Exception):
    """`return`; its value is emitted already."""


class Exit(Exception):
    """`exit N`."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class StopUpstream(Exception):
    """`Select-Object -First n` has enough: what feeds it need not go on. `stage` says who asked."""

    def __init__(self, stage: object) -> None:
        super().__init__("enough")
        self.stage = stage


def engine(
    id_: str, message: str, category: str = "InvalidOperation", type_: str = RUNTIME, target: Value = None
) -> Thrown:
    """An error of the engine itself; at the very end it shows as ParentContainsErrorRecordException."""
    return Thrown(ErrorRecord(NetException(type_, message), id_, category, target, ENGINE))


def divided() -> Thrown:
    """A whole number divided by zero."""
    made = engine("RuntimeException", "Attempted to divide by zero.", "NotSpecified")
    made.record.exception.inner = NetException("System.DivideByZeroException", "Attempted to divide by zero.")
    return made


def net(type_: str, message: str, id_: str = "") -> Thrown:
    """A .NET exception out of a method call, in the envelope the engine puts around it."""
    inner = NetException(type_, message)
    outer = NetException("System.Management.Automation.MethodInvocationException", message, inner)
    return Thrown(ErrorRecord(outer, id_ or type_.rsplit(".", 1)[-1], "NotSpecified", None, ENGINE))


def undefined(name: str) -> Thrown:
    """Strict mode: the variable has not been set."""
    return engine(
        "VariableIsUndefined", f"The variable '${name}' cannot be retrieved because it has not been set.", target=name
    )


def no_property(name: str) -> Thrown:
    """Strict mode: the object has no such property."""
    return engine(
        "PropertyNotFoundStrict",
        f"The property '{name}' cannot be found on this object. Verify that the property exists.",
        "NotSpecified",
        "System.Management.Automation.PropertyNotFoundException",
    )
