"""Output, the message streams, strictness, waiting, and calling blocks."""

from simulator.dialect.casts import as_int
from simulator.dialect.cmdlets.base import Plain, Use, cmdlet
from simulator.dialect.cmdlets.items import COMMANDS
from simulator.dialect.convert import each, text
from simulator.dialect.refuse import Refused
from simulator.dialect.run.binding import Given
from simulator.dialect.run.blocks import invoked
from simulator.dialect.run.stages import emit_all
from simulator.dialect.types import AUTOMATION, enum_member
from simulator.dialect.values import Array, ErrorRecord, NetException, Opaque, ScriptBlock

WRITE_ERROR_TYPE = f"{COMMANDS}.WriteErrorException"


@cmdlet("Out-Null", "InputObject|")
def OUT_NULL(use: Use) -> Plain:  # noqa: N802 (a cmdlet of the list)
    """Out-Null"""
    del use
    return Plain(process=lambda _: None, any_order=lambda: True)


@cmdlet("Write-Output", "InputObject@0|", "NoEnumerate:switch", collects="InputObject")
def WRITE_OUTPUT(use: Use) -> Plain:  # noqa: N802
    """Write-Output"""

    def end() -> None:
        if use.has("InputObject"):
            value = use.get("InputObject")
            if use.flag("NoEnumerate"):
                if not isinstance(value, Array):
                    raise Refused("")
                use.emit(value)
            else:
                emit_all(value, use.emit)

    return Plain(process=use.emit, end=end)


@cmdlet("Write-Verbose", "*Message:string@0")
def WRITE_VERBOSE(use: Use) -> Plain:  # noqa: N802
    """Write-Verbose"""
    return Plain(end=lambda: use.frame.engine.verbose(use.frame, text(use.get("Message"))))


@cmdlet("Write-Warning", "*Message:string@0")
def WRITE_WARNING(use: Use) -> Plain:  # noqa: N802
    """Write-Warning"""
    return Plain(end=lambda: use.frame.engine.warn(use.frame, text(use.get("Message"))))


@cmdlet("Write-Information", "*MessageData@0", "Tags:string[]")
def WRITE_INFORMATION(use: Use) -> Plain:  # noqa: N802
    """Write-Information, which nobody sees by default."""
    del use
    return Plain(end=lambda: None)


@cmdlet("Write-Debug", "*Message:string@0")
def WRITE_DEBUG(use: Use) -> Plain:  # noqa: N802
    """Write-Debug, which nobody sees by default."""
    del use
    return Plain(end=lambda: None)


@cmdlet(
    "Write-Progress",
    "*Activity:string@0",
    "Status:string@1",
    "Id:int@2",
    "PercentComplete:int",
    "SecondsRemaining:int",
    "Completed:switch",
    "CurrentOperation:string",
)
def WRITE_PROGRESS(use: Use) -> Plain:  # noqa: N802
    """Write-Progress, which leaves no record."""
    del use
    return Plain(end=lambda: None)


@cmdlet(
    "Write-Error",
    "Message:string@0",
    "Exception",
    "ErrorId:string",
    "Category:string",
    "TargetObject",
    "RecommendedAction:string",
)
def WRITE_ERROR(use: Use) -> Plain:  # noqa: N802
    """Write-Error: a non-terminating error of the function around it."""
    exception = use.get("Exception")
    if use.has("Exception"):
        if not isinstance(exception, NetException) or use.has("Message"):
            raise Refused("")
    elif not use.has("Message"):
        raise Refused("")
    else:
        exception = NetException(WRITE_ERROR_TYPE, text(use.get("Message")), given=True)
    command = use.caller.command
    around = command.body.name if command is not None else ""
    id_ = text(use.get("ErrorId")) or exception.type
    category = "NotSpecified"
    if use.has("Category"):
        category = enum_member(f"{AUTOMATION}.ErrorCategory", text(use.get("Category"))).name
    record = ErrorRecord(exception, f"{id_},{around}" if around else id_, category, use.get("TargetObject"))
    record.activity = "Write-Error"
    return Plain(end=lambda: use.frame.engine.report(use.frame, record))


@cmdlet("Set-StrictMode", "*Version:string")
def SET_STRICT_MODE(use: Use) -> Plain:  # noqa: N802
    """Set-StrictMode -Version 3.0, which is how the dialect runs anyway; what runs under it runs under 2.0 too."""
    if text(use.get("Version")) not in ("2.0", "3.0", "2", "3"):
        raise Refused("")
    return Plain(end=lambda: None)


@cmdlet("Start-Sleep", "Seconds@0", "Milliseconds:int")
def START_SLEEP(use: Use) -> Plain:  # noqa: N802
    """Start-Sleep: simulated time passes."""
    if use.has("Seconds") == use.has("Milliseconds"):
        raise Refused("")
    seconds = float(use.get("Seconds") or 0) if not isinstance(use.get("Seconds"), str) else as_int(use.get("Seconds"))

    def end() -> None:
        host = use.frame.engine.host
        if host is not None:
            host.sleep(seconds + as_int(use.get("Milliseconds") or 0) / 1000)

    return Plain(end=end)


@cmdlet("Invoke-Command", "*ScriptBlock:scriptblock@0", "ArgumentList")
def INVOKE_COMMAND(use: Use) -> Plain:  # noqa: N802
    """Invoke-Command of a block, here."""

    def end() -> None:
        block = use.get("ScriptBlock")
        if not isinstance(block, ScriptBlock):
            raise Refused("")
        given = use.get("ArgumentList")
        arguments = list(given) if isinstance(given, Array) else each(given)
        for value in invoked(use.caller, block, [Given("", a) for a in arguments]):
            use.emit(value)

    return Plain(end=end)


@cmdlet("Get-Command", "*Name:string@0", "CommandType:string")
def GET_COMMAND(use: Use) -> Plain:  # noqa: N802
    """Get-Command by name: whether there is one."""

    def end() -> None:
        name = text(use.get("Name"))
        if any(c in name for c in "*?[") or use.has("CommandType"):
            raise Refused("")
        engine = use.caller.engine
        function = use.caller.scope.function(name.lower())
        if function is not None:
            use.emit(Opaque(f"{AUTOMATION}.FunctionInfo", {"name": function.name}))
        elif name.lower() in engine.cmdlets:
            use.emit(Opaque(f"{AUTOMATION}.CmdletInfo", {"name": engine.cmdlets[name.lower()].signature.name}))
        elif engine.unknown_command(name):
            use.error(
                f"CommandNotFoundException,{COMMANDS}.GetCommandCommand",
                f"{AUTOMATION}.CommandNotFoundException",
                None,
                "ObjectNotFound",
                name,
            )
        else:
            raise Refused("")

    return Plain(end=end)
