"""Output, the message streams, and waiting."""

from simulator.dialect.cmdlets.base import Plain, Use, cmdlet
from simulator.dialect.convert import each, text
from simulator.dialect.refuse import Refused
from simulator.dialect.values import ErrorRecord, NetException, Value


@cmdlet("Out-Null", "InputObject|")
def OUT_NULL(use: Use) -> Plain:  # noqa: N802 (a cmdlet of the list)
    """Out-Null"""
    return Plain(process=lambda _: None)


@cmdlet("Write-Output", "InputObject@0|", "NoEnumerate:switch")
def WRITE_OUTPUT(use: Use) -> Plain:  # noqa: N802
    """Write-Output"""
    if use.flag("NoEnumerate"):
        raise Refused("-NoEnumerate")

    def end() -> None:
        if "InputObject" in use.bound:
            for item in each(use.get("InputObject")):
                use.emit(item)

    return Plain(process=use.emit, end=end)


@cmdlet("Write-Verbose", "*Message:string@0")
def WRITE_VERBOSE(use: Use) -> Plain:  # noqa: N802
    """Write-Verbose"""
    return Plain(end=lambda: use.frame.engine.verbose(use.frame.scope, text(use.get("Message"))))


@cmdlet("Write-Warning", "*Message:string@0")
def WRITE_WARNING(use: Use) -> Plain:  # noqa: N802
    """Write-Warning"""
    return Plain(end=lambda: use.frame.engine.warn(use.frame.scope, text(use.get("Message"))))


@cmdlet("Write-Information", "*MessageData@0", "Tags:string[]")
def WRITE_INFORMATION(use: Use) -> Plain:  # noqa: N802
    """Write-Information, which nobody sees by default."""
    return Plain(end=lambda: None)


@cmdlet(
    "Write-Progress",
    "*Activity:string@0",
    "Status:string@1",
    "Id:int@2",
    "PercentComplete:int",
    "Completed:switch",
    "CurrentOperation:string",
)
def WRITE_PROGRESS(use: Use) -> Plain:  # noqa: N802
    """Write-Progress, which leaves no record."""
    return Plain(end=lambda: None)


@cmdlet(
    "Write-Error", "*Message:string@0", "ErrorId:string", "Category:string", "TargetObject", "RecommendedAction:string"
)
def WRITE_ERROR(use: Use) -> Plain:  # noqa: N802
    """Write-Error: a non-terminating error of the function around it."""
    exception = NetException("Microsoft.PowerShell.Commands.WriteErrorException", text(use.get("Message")))
    id_ = text(use.get("ErrorId")) or exception.type
    around = use.frame.cmdlet.body.name if use.frame.cmdlet is not None else caller_name(use)
    record = ErrorRecord(
        exception,
        f"{id_},{around}" if around else id_,
        text(use.get("Category")) or "NotSpecified",
        use.get("TargetObject"),
    )

    def end() -> None:
        use.frame.engine.report(use.frame.scope, record)

    return Plain(end=end)


def caller_name(use: Use) -> str:
    """The function around where it is a simple one; the top level has none and is refused."""
    raise Refused("Write-Error")


@cmdlet("Set-StrictMode", "*Version:string")
def SET_STRICT_MODE(use: Use) -> Plain:  # noqa: N802
    """Set-StrictMode -Version 2.0 or 3.0, which is how the dialect runs anyway."""
    version: Value = text(use.get("Version"))
    if version not in ("2.0", "3.0", "2", "3"):
        raise Refused("Set-StrictMode")
    return Plain(end=lambda: None)


@cmdlet("Start-Sleep", "Seconds:int@0", "Milliseconds:int")
def START_SLEEP(use: Use) -> Plain:  # noqa: N802
    """Start-Sleep: simulated time passes."""

    def end() -> None:
        host = use.frame.engine.host
        seconds = (use.get("Seconds") or 0) + (use.get("Milliseconds") or 0) / 1000
        if host is not None:
            host.sleep(seconds)

    return Plain(end=end)
