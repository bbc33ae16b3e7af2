"""Errors as the engine raises them, and what else leaves running code: return, break, exit, enough.

An error on its way is `Thrown`: the exception around (`outer`, what a plain catch sees) and its error record. Where the
record's exception is its own (`own`), a catch and the very end see that one; else they see what is around it.
"""

from simulator.dialect.proven import use
from simulator.dialect.refuse import Refused
from simulator.dialect.values import ErrorRecord, NetException, Value

AUTOMATION = "System.Management.Automation"
RUNTIME = f"{AUTOMATION}.RuntimeException"
ENGINE = f"{AUTOMATION}.ParentContainsErrorRecordException"
INVOCATION = f"{AUTOMATION}.MethodInvocationException"
BINDING = f"{AUTOMATION}.ParameterBindingException"
VALIDATION = f"{AUTOMATION}.ParameterBindingValidationException"
TRANSFORMATION = f"{AUTOMATION}.ParameterBindingArgumentTransformationException"
INVALID_CAST = f"{AUTOMATION}.PSInvalidCastException"

# each exception's base, up to System.Exception; what is not here cannot be named in a script
SYSTEM = "System.SystemException"
BASES: dict[str, str] = {
    "System.Exception": "",
    SYSTEM: "System.Exception",
    **{
        f"System.{name}Exception": SYSTEM
        for name in [
            "Argument",
            "Format",
            "InvalidOperation",
            "NotSupported",
            "NotImplemented",
            "Timeout",
            "UnauthorizedAccess",
            "InvalidCast",
            "Arithmetic",
            "IndexOutOfRange",
            "NullReference",
        ]
    },
    "System.ArgumentNullException": "System.ArgumentException",
    "System.ArgumentOutOfRangeException": "System.ArgumentException",
    "System.DivideByZeroException": "System.ArithmeticException",
    "System.OverflowException": "System.ArithmeticException",
    "System.Text.RegularExpressions.RegexParseException": "System.ArgumentException",
    "System.IO.IOException": SYSTEM,
    "System.IO.FileNotFoundException": "System.IO.IOException",
    "System.IO.DirectoryNotFoundException": "System.IO.IOException",
    "System.Collections.Generic.KeyNotFoundException": SYSTEM,
    RUNTIME: SYSTEM,
    BINDING: RUNTIME,
    VALIDATION: BINDING,
    TRANSFORMATION: BINDING,
    f"{AUTOMATION}.CommandNotFoundException": RUNTIME,
    f"{AUTOMATION}.ExtendedTypeSystemException": RUNTIME,
    f"{AUTOMATION}.MethodException": f"{AUTOMATION}.ExtendedTypeSystemException",
    INVOCATION: f"{AUTOMATION}.MethodException",
    f"{AUTOMATION}.PropertyNotFoundException": f"{AUTOMATION}.ExtendedTypeSystemException",
    f"{AUTOMATION}.SetValueException": f"{AUTOMATION}.ExtendedTypeSystemException",
    f"{AUTOMATION}.SetValueInvocationException": f"{AUTOMATION}.SetValueException",
    f"{AUTOMATION}.SessionStateException": RUNTIME,
    f"{AUTOMATION}.SessionStateUnauthorizedAccessException": f"{AUTOMATION}.SessionStateException",
    f"{AUTOMATION}.ItemNotFoundException": f"{AUTOMATION}.SessionStateException",
    f"{AUTOMATION}.ActionPreferenceStopException": RUNTIME,
    f"{AUTOMATION}.CmdletInvocationException": RUNTIME,
    INVALID_CAST: "System.InvalidCastException",
    f"{AUTOMATION}.PSArgumentException": "System.ArgumentException",
    f"{AUTOMATION}.PSInvalidOperationException": "System.InvalidOperationException",
    "Microsoft.PowerShell.Commands.WriteErrorException": SYSTEM,
}


def is_kind(type_: str, wanted: str) -> bool:
    """Whether an exception type is another or below it.

    Raises:
        Refused: A type whose bases are not in the table.
    """
    if wanted in (type_, "System.Exception"):
        return True
    if type_ not in BASES:
        raise Refused("")
    known: str | None = type_
    while known:
        if known == wanted:
            return True
        known = BASES.get(known)
    return False


class Thrown(Exception):  # noqa: N818
    """A terminating error on its way to a catch block."""

    def __init__(self, record: ErrorRecord, outer: NetException | None = None, *, by_throw: bool = False) -> None:
        super().__init__(record.id)
        use(
            "error",
            record.id.partition(",")[0] if not record.own else "own",
            record.exception.type,
            str(record.category),
        )
        self.record = record
        self.outer = outer or record.exception
        self.by_throw = by_throw


class Leave(Exception):  # noqa: N818
    """`break` or `continue` on its way to its loop; `label` is lower case, empty for the nearest."""

    def __init__(self, kind: str, label: str = "") -> None:
        super().__init__(kind)
        self.kind = kind
        self.label = label


class Return(Exception):  # noqa: N818
    """`return`; its value is emitted already."""


class Exit(Exception):  # noqa: N818
    """`exit N`."""

    def __init__(self, code: int, line: int) -> None:
        super().__init__(code)
        self.code = code
        self.line = line


class StopUpstream(Exception):  # noqa: N818
    """`Select-Object -First n` has enough: what feeds it need not go on. `stage` says who asked."""

    def __init__(self, stage: object) -> None:
        super().__init__("enough")
        self.stage = stage


def engine(  # noqa: PLR0917
    id_: str,
    message: str | None,
    category: str | None = "InvalidOperation",
    type_: str = RUNTIME,
    target: Value = None,
    inner: NetException | None = None,
) -> Thrown:
    """An error of the engine itself."""
    return Thrown(ErrorRecord(NetException(type_, message, inner), id_, category, target, own=False))


def divided() -> Thrown:
    """A whole number divided by zero."""
    told = "Attempted to divide by zero."
    return engine("RuntimeException", told, "NotSpecified", inner=NetException("System.DivideByZeroException", told))


def raw(type_: str, message: str | None) -> Thrown:
    """A .NET exception that the engine did not expect: it travels inside a RuntimeException."""
    inner = NetException(type_, message)
    return Thrown(ErrorRecord(inner, type_, "OperationStopped"), NetException(RUNTIME, message, inner))


def modified() -> Thrown:
    """A collection changed while it was enumerated."""
    return raw("System.InvalidOperationException", "Collection was modified; enumeration operation may not execute.")


def out_of_bounds() -> Thrown:
    """An index beyond an array's ends, under strict mode 3."""
    return raw("System.IndexOutOfRangeException", "Index was outside the bounds of the array.")


class Net(Exception):  # noqa: N818
    """A .NET exception inside a method; whoever called the method knows its name and wraps it."""

    def __init__(self, type_: str, message: str | None = None) -> None:
        super().__init__(type_)
        self.type = type_
        self.message = message


def in_method(error: Net, name: str, count: int) -> Thrown:
    """The envelope around an exception that a method threw."""
    inner = NetException(error.type, error.message)
    told = None
    if error.message is not None:
        told = f'Exception calling "{name}" with "{count}" argument(s): "{error.message}"'
    outer = NetException(INVOCATION, told, inner)
    return Thrown(ErrorRecord(outer, error.type.rsplit(".", 1)[-1], "NotSpecified", own=False), outer)


def bad_cast(value: str, wanted: str, id_: str, why: str | None, inner: str = "System.FormatException") -> Thrown:
    """A conversion that fails; the exception travels inside a RuntimeException."""
    message = None if why is None else f'Cannot convert value "{value}" to type "{wanted}". Error: "{why}"'
    cast = NetException(INVALID_CAST, message, NetException(inner, why))
    return Thrown(ErrorRecord(cast, id_, "InvalidArgument", own=False), NetException(RUNTIME, message, cast))


def undefined(name: str) -> Thrown:
    """Strict mode: the variable has not been set."""
    told = f"The variable '${name}' cannot be retrieved because it has not been set."
    return engine("VariableIsUndefined", told, target=name)


def no_property(name: str) -> Thrown:
    """Strict mode: the object has no such property."""
    told = f"The property '{name}' cannot be found on this object. Verify that the property exists."
    return engine("PropertyNotFoundStrict", told, "NotSpecified", f"{AUTOMATION}.PropertyNotFoundException")


def no_method(kind: str, name: str) -> Thrown:
    """The type has no such method."""
    told = f"Method invocation failed because [{kind}] does not contain a method named '{name}'."
    return engine("MethodNotFound", told, target=name)


def by_cmdlet(id_: str, type_: str, message: str | None, category: str | None, target: Value = None) -> Thrown:
    """A terminating error of a cmdlet; `id_` is complete."""
    inner = NetException(type_, message)
    outer = NetException(f"{AUTOMATION}.CmdletInvocationException", message, inner)
    return Thrown(ErrorRecord(inner, id_, category, target), outer)
