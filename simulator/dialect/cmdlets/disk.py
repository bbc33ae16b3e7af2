"""Files and folders below the script's folder."""

import shutil
from pathlib import Path

from simulator.dialect.cmdlets.base import Plain, Use, cmdlet
from simulator.dialect.convert import each, text, truth
from simulator.dialect.faults import Thrown
from simulator.dialect.functions import preference
from simulator.dialect.refuse import Refused
from simulator.dialect.values import ErrorRecord, NetException, Opaque, Value


def path_of(use: Use, *names: str) -> Path:
    """The path that one of the parameters names; wildcards are outside the dialect."""
    for name in names:
        if name in use.bound:
            words = text(use.get(name))
            if name == "Path" and any(c in words for c in "*?["):
                raise Refused("-Path")
            return use.frame.engine.files.resolve(words)
    raise Refused("-LiteralPath")


def what_if(use: Use) -> bool:
    """Whether the change is only told."""
    return truth(preference(use.frame.scope, "whatifpreference", False))


@cmdlet("Join-Path", "*Path:string@0", "*ChildPath:string@1")
def JOIN_PATH(use: Use) -> Plain:  # noqa: N802
    """Join-Path with the recorded engine's separator."""
    head, tail = text(use.get("Path")), text(use.get("ChildPath"))
    joined = head.rstrip("/") + "/" + tail.replace("\\", "/").lstrip("/")
    return Plain(end=lambda: use.emit(joined))


@cmdlet("Test-Path", "LiteralPath:string", "Path:string@0", "PathType:string")
def TEST_PATH(use: Use) -> Plain:  # noqa: N802
    """Test-Path"""
    path, kind = path_of(use, "LiteralPath", "Path"), text(use.get("PathType")).lower()
    known = {"": path.exists, "any": path.exists, "leaf": path.is_file, "container": path.is_dir}
    return Plain(end=lambda: use.emit(known[kind]()))


def utf8(use: Use) -> None:
    """Only UTF-8 is spoken here."""
    if "Encoding" in use.bound and text(use.get("Encoding")).lower() not in ("utf8", "utf8nobom"):
        raise Refused("-Encoding")


def lines(value: Value) -> str:
    """The text that a content cmdlet writes."""
    return "".join(f"{text(item)}\n" for item in (each(value) if value is not None else []))


@cmdlet(
    "Set-Content",
    "LiteralPath:string",
    "Path:string@0",
    "*Value:object@1",
    "Encoding:string",
    "NoNewline:switch",
    should_process=True,
)
def SET_CONTENT(use: Use) -> Plain:  # noqa: N802
    """Set-Content"""
    utf8(use)
    path = path_of(use, "LiteralPath", "Path")

    def end() -> None:
        if not what_if(use):
            words = lines(use.get("Value"))
            use.frame.engine.files.write(path, words[:-1] if use.flag("NoNewline") else words)

    return Plain(end=end)


@cmdlet("Add-Content", "LiteralPath:string", "Path:string@0", "*Value:object@1", "Encoding:string", should_process=True)
def ADD_CONTENT(use: Use) -> Plain:  # noqa: N802
    """Add-Content"""
    utf8(use)
    path = path_of(use, "LiteralPath", "Path")

    def end() -> None:
        if not what_if(use):
            use.frame.engine.files.append(path, lines(use.get("Value")))

    return Plain(end=end)


@cmdlet("Get-Content", "LiteralPath:string", "Path:string@0", "Raw:switch", "Encoding:string")
def GET_CONTENT(use: Use) -> Plain:  # noqa: N802
    """Get-Content"""
    utf8(use)
    path = path_of(use, "LiteralPath", "Path")

    def end() -> None:
        if not path.is_file():
            raise missing(path, "GetContentCommand")
        words = use.frame.engine.files.read(path)
        if use.flag("Raw"):
            use.emit(words)
            return
        rows = words.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        for row in rows[:-1] if rows[-1] == "" else rows:
            use.emit(row)

    return Plain(end=end)


def missing(path: Path, command: str) -> Thrown:
    """The engine's error for a path that is not there."""
    message = f"Cannot find path '{path}' because it does not exist."
    exception = NetException("System.Management.Automation.ItemNotFoundException", message)
    id_ = f"PathNotFound,Microsoft.PowerShell.Commands.{command}"
    return Thrown(ErrorRecord(exception, id_, "ObjectNotFound", str(path)))


@cmdlet(
    "New-Item", "*Path:string@0", "ItemType:string", "Force:switch", "Name:string", "Value:object", should_process=True
)
def NEW_ITEM(use: Use) -> Plain:  # noqa: N802
    """New-Item -ItemType Directory"""
    if text(use.get("ItemType")).lower() != "directory" or "Name" in use.bound or "Value" in use.bound:
        raise Refused("New-Item")
    path = path_of(use, "Path")

    def end() -> None:
        if what_if(use):
            return
        if path.exists() and not use.flag("Force"):
            raise Refused("New-Item")
        path.mkdir(parents=True, exist_ok=True)
        use.emit(Opaque("System.IO.DirectoryInfo", {"text": str(path)}))

    return Plain(end=end)


@cmdlet("Remove-Item", "LiteralPath:string", "Path:string@0", "Force:switch", "Recurse:switch", should_process=True)
def REMOVE_ITEM(use: Use) -> Plain:  # noqa: N802
    """Remove-Item"""
    path = path_of(use, "LiteralPath", "Path")

    def end() -> None:
        if not path.exists():
            raise missing(path, "RemoveItemCommand")
        if what_if(use):
            return
        if path.is_dir():
            if not use.flag("Recurse"):
                raise Refused("Remove-Item")
            shutil.rmtree(path)
        else:
            path.unlink()

    return Plain(end=end)
