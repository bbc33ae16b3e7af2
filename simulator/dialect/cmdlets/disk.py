"""Files and folders below the script's folder, and paths as text."""

import shutil
from pathlib import Path

from simulator.dialect.cmdlets.base import Cmdlet, Plain, Use, cmdlet
from simulator.dialect.cmdlets.items import COMMANDS
from simulator.dialect.convert import INFINITE, each, is_collection, text
from simulator.dialect.known import AUTOMATIC, FUNCTIONS
from simulator.dialect.members.io import extension, lines_of
from simulator.dialect.operators.wildcard import matches
from simulator.dialect.refuse import Refused
from simulator.dialect.syntax.units import to_units
from simulator.dialect.values import Int64, Opaque, Value

UTF8 = ("utf8", "utf8nobom")
NOT_FOUND = "System.Management.Automation.ItemNotFoundException"


def path_of(use: Use, *names: str) -> Path:
    """The path that one of the parameters names; wildcards are outside the dialect."""
    for name in names:
        if use.has(name):
            words = text(use.get(name))
            if name in ("Path", "FilePath") and any(c in words for c in "*?[`"):
                raise Refused("")
            return resolved(use, words)
    raise Refused("")


def resolved(use: Use, words: str) -> Path:
    """A file, by an absolute path or one below the folder."""
    if not words or ":" in words:
        raise Refused("")
    found: Path = use.frame.engine.files.resolve(use.frame.engine.files.full(words))
    return found


def shown(path: Path) -> Opaque:
    """A file or folder as an object."""
    name = to_units(path.name)
    props: dict[str, Value] = {"name": name, "fullname": to_units(str(path)), "extension": extension(name)}
    props["basename"] = name[: len(name) - len(props["extension"])]
    if path.is_dir():
        props["basename"] = name
        return Opaque("System.IO.DirectoryInfo", props)
    return Opaque("System.IO.FileInfo", {**props, "length": Int64(path.stat().st_size)})


def missing(use: Use, path: Path, command: str) -> None:
    """The engine's error for a path that is not there."""
    told = f"Cannot find path '{to_units(str(path))}' because it does not exist."
    use.error(f"PathNotFound,{COMMANDS}.{command}", NOT_FOUND, told, "ObjectNotFound", to_units(str(path)))


def utf8(use: Use) -> None:
    """Only UTF-8 is spoken here."""
    if use.has("Encoding") and text(use.get("Encoding")).lower() not in UTF8:
        raise Refused("")


# -- paths as text
@cmdlet("Join-Path", "*Path:string@0", "*ChildPath:string@1")
def JOIN_PATH(use: Use) -> Plain:  # noqa: N802 (a cmdlet of the list)
    """Join-Path with the recorded engine's separator."""
    head, tail = (text(use.get(name)).replace("\\", "/") for name in ("Path", "ChildPath"))
    if not head or not tail or "//" in head + tail or ":" in head:
        raise Refused("")
    return Plain(end=lambda: use.emit(head.removesuffix("/") + "/" + tail.removeprefix("/")))


@cmdlet("Split-Path", "*Path:string@0", "Leaf:switch", "Parent:switch")
def SPLIT_PATH(use: Use) -> Plain:  # noqa: N802
    """Split-Path -Leaf, -Parent."""
    path = text(use.get("Path"))
    if (use.flag("Leaf") and use.flag("Parent")) or not path or path.endswith("/") or "\\" in path or "//" in path:
        raise Refused("")
    head, _, tail = path.rpartition("/")
    if path.startswith("/") and not head:
        raise Refused("")
    return Plain(end=lambda: use.emit(tail if use.flag("Leaf") else head))


@cmdlet("Test-Path", "LiteralPath:string", "Path:string@0", "PathType:string")
def TEST_PATH(use: Use) -> Plain:  # noqa: N802
    """Test-Path of a file, a folder, a variable or a function."""
    words = text(use.get("LiteralPath", use.get("Path")))
    head, colon, name = words.partition(":")
    if colon:
        found = drive_item(use, head.lower(), name.lower())
        return Plain(end=lambda: use.emit(found))
    path, kind = path_of(use, "LiteralPath", "Path"), text(use.get("PathType")).lower()
    known = {"": path.exists, "any": path.exists, "leaf": path.is_file, "container": path.is_dir}
    if kind not in known:
        raise Refused("")
    return Plain(end=lambda: use.emit(known[kind]()))


def drive_item(use: Use, drive: str, name: str) -> bool:
    """Whether there is a variable or function of that name."""
    scope = use.caller.scope
    if not name or any(c in name for c in "*?[\\/") or use.has("PathType"):
        raise Refused("")
    if drive == "function":
        if name in FUNCTIONS:
            raise Refused("")
        return scope.function(name) is not None
    if drive != "variable":
        raise Refused("")
    if ":" in name:
        owner, bare = scope.named(name)
        return bare in owner.names
    if scope.find(name) is None and name in AUTOMATIC:
        raise Refused("")
    return scope.find(name) is not None


# -- content
def lines(value: Value) -> str:
    """The text that a content cmdlet writes: each item a line; null gives none."""
    items = [item for item in (each(value) if is_collection(value) else [value]) if item is not None]
    if any(
        getattr(item, "NET", "") == "System.DateTime" or (isinstance(item, float) and item in INFINITE)
        for item in items
    ):
        raise Refused("")  # in the culture's own form
    return "".join(f"{text(item)}\n" for item in items)


def content_cmdlet(name: str, *, append: bool) -> Cmdlet:
    """Set-Content and Add-Content."""

    def work(use: Use) -> Plain:
        utf8(use)
        path = path_of(use, "LiteralPath", "Path")
        files = use.frame.engine.files
        parts: list[str] = []

        def process(value: Value) -> None:
            parts.append(lines(value))

        def end() -> None:
            if use.has("Value"):
                process(use.get("Value"))
            if use.what_if():
                return
            words = "".join(parts)
            if use.flag("NoNewline"):
                words = words.replace("\n", "") if words.count("\n") == len(words.splitlines()) else refuse()
            if append:
                files.append(path, words)
            else:
                files.write(path, words)

        return Plain(process=process, end=end)

    return cmdlet(
        name,
        "LiteralPath:string",
        "Path:string@0",
        "Value@1|",
        "Encoding:string",
        "NoNewline:switch",
        "Force:switch",
        should_process=True,
    )(work)


def refuse() -> str:
    """A content that is not settled."""
    raise Refused("")


SET_CONTENT = content_cmdlet("Set-Content", append=False)
ADD_CONTENT = content_cmdlet("Add-Content", append=True)


@cmdlet("Get-Content", "LiteralPath:string", "Path:string@0", "Raw:switch", "Encoding:string", "TotalCount:int")
def GET_CONTENT(use: Use) -> Plain:  # noqa: N802
    """Get-Content: lines, or the whole text; an empty file gives nothing."""
    utf8(use)
    path = path_of(use, "LiteralPath", "Path")
    if use.has("TotalCount"):
        raise Refused("")

    def end() -> None:
        if not path.exists():
            missing(use, path, "GetContentCommand")
            return
        words = use.frame.engine.files.read(path)
        if use.flag("Raw"):
            if words:
                use.emit(words)
            return
        for row in lines_of(words):
            use.emit(row)

    return Plain(end=end)


@cmdlet(
    "Out-File",
    "LiteralPath:string",
    "FilePath:string@0",
    "Encoding:string@1",
    "Append:switch",
    "InputObject|",
    should_process=True,
)
def OUT_FILE(use: Use) -> Plain:  # noqa: N802
    """Out-File of text."""
    utf8(use)
    path = path_of(use, "LiteralPath", "FilePath")
    parts: list[str] = []

    def process(value: Value) -> None:
        if not isinstance(value, str):
            raise Refused("")
        parts.append(f"{value}\n")

    def end() -> None:
        if use.has("InputObject"):
            process(use.get("InputObject"))
        if use.what_if():
            return
        work = use.frame.engine.files.append if use.flag("Append") else use.frame.engine.files.write
        work(path, "".join(parts))

    return Plain(process=process, end=end)


# -- items
@cmdlet("New-Item", "Path:string@0", "ItemType:string", "Force:switch", "Name:string", "Value", should_process=True)
def NEW_ITEM(use: Use) -> Plain:  # noqa: N802
    """New-Item -ItemType Directory, File"""
    kind = text(use.get("ItemType")).lower()
    if kind not in ("directory", "file") or use.has("Name"):
        raise Refused("")
    path = resolved(use, text(use.get("Path")))

    def end() -> None:
        if use.what_if():
            return
        if kind == "file":
            if path.exists() or not path.parent.is_dir() or use.has("Value"):
                raise Refused("")
            use.frame.engine.files.write(path, "")
        else:
            if path.exists() and not (use.flag("Force") and path.is_dir()):
                use.error(
                    f"DirectoryExist,{COMMANDS}.NewItemCommand",
                    "System.IO.IOException",
                    None,
                    "ResourceExists",
                    to_units(str(path)),
                )
                return
            path.mkdir(parents=True, exist_ok=True)
        use.emit(shown(path))

    return Plain(end=end)


@cmdlet("Remove-Item", "LiteralPath:string", "Path:string@0", "Force:switch", "Recurse:switch", should_process=True)
def REMOVE_ITEM(use: Use) -> Plain:  # noqa: N802
    """Remove-Item"""
    path = path_of(use, "LiteralPath", "Path")

    def end() -> None:
        if not path.exists():
            missing(use, path, "RemoveItemCommand")
            return
        if use.what_if():
            return
        if not path.is_dir():
            path.unlink()
        elif use.flag("Recurse") or not any(path.iterdir()):
            shutil.rmtree(path)
        else:
            raise Refused("")

    return Plain(end=end)


@cmdlet("Get-Item", "LiteralPath:string", "Path:string@0")
def GET_ITEM(use: Use) -> Plain:  # noqa: N802
    """Get-Item of a file or folder."""
    path = path_of(use, "LiteralPath", "Path")

    def end() -> None:
        if path.exists():
            use.emit(shown(path))
        else:
            missing(use, path, "GetItemCommand")

    return Plain(end=end)


@cmdlet(
    "Get-ChildItem",
    "LiteralPath:string",
    "Path:string@0",
    "Filter:string@1",
    "File:switch",
    "Directory:switch",
    "Name:switch",
)
def CHILDREN(use: Use) -> Plain:  # noqa: N802
    """Get-ChildItem of one folder: several come in an order that is settled only where each name begins apart."""
    path = path_of(use, "LiteralPath", "Path")
    pattern = text(use.get("Filter")) if use.has("Filter") else "*"

    def end() -> None:
        if not path.is_dir() or any(c in pattern for c in "[]?"):
            raise Refused("")
        found = [p for p in path.iterdir() if matches(to_units(p.name), pattern, fold=False)]
        if use.flag("File"):
            found = [p for p in found if p.is_file()]
        if use.flag("Directory"):
            found = [p for p in found if p.is_dir()]
        give_children(use, found)

    return Plain(end=end)


def give_children(use: Use, found: list[Path]) -> None:
    """The children, if their order does not matter or there is one at most."""
    stage = getattr(use.emit, "__self__", None)
    accept = getattr(stage, "any_order", None)
    if len(found) > 1 and (accept is None or not accept()):
        raise Refused("")
    for one in sorted(found):
        use.emit(to_units(one.name) if use.flag("Name") else shown(one))


def moving(name: str, *, keep: bool) -> Cmdlet:
    """Copy-Item and Move-Item of one file."""

    def work(use: Use) -> Plain:
        source, target = path_of(use, "LiteralPath", "Path"), resolved(use, text(use.get("Destination")))

        def end() -> None:
            if not source.is_file() or target.is_dir() or not target.parent.is_dir():
                raise Refused("")
            if use.what_if():
                return
            if keep:
                shutil.copyfile(source, target)
                return
            if target.exists() and not use.flag("Force"):
                id_ = f"MoveFileInfoItemIOError,{COMMANDS}.MoveItemCommand"
                use.error(id_, "System.IO.IOException", None, "WriteError", None)
                return
            source.replace(target)

        return Plain(end=end)

    return cmdlet(
        name, "LiteralPath:string", "Path:string@0", "*Destination:string@1", "Force:switch", should_process=True
    )(work)


COPY_ITEM = moving("Copy-Item", keep=True)
MOVE_ITEM = moving("Move-Item", keep=False)


@cmdlet("Rename-Item", "LiteralPath:string", "Path:string@0", "*NewName:string@1", should_process=True)
def RENAME_ITEM(use: Use) -> Plain:  # noqa: N802
    """Rename-Item of one file."""
    source = path_of(use, "LiteralPath", "Path")
    target = source.parent / text(use.get("NewName"))

    def end() -> None:
        if not source.is_file() or target.exists() or "/" in text(use.get("NewName")):
            raise Refused("")
        if not use.what_if():
            source.replace(target)

    return Plain(end=end)
