"""[System.IO.File], [System.IO.Path], [System.IO.Directory]: absolute paths only, below the script's folder."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from simulator.dialect.casts import cast
from simulator.dialect.convert import each, text
from simulator.dialect.faults import Net
from simulator.dialect.members.texts import word
from simulator.dialect.refuse import Refused
from simulator.dialect.values import NOTHING, Array, Byte, NetList, NetType, Opaque, Value

Static = Callable[[list[Value], Any], Value]
MISSING = "System.IO.FileNotFoundException"


def path_of(arguments: list[Value], frame: Any) -> Path:
    """The file that the first argument names."""
    found: Path = frame.engine.files.resolve(word(arguments[0]))
    return found


def utf8(arguments: list[Value]) -> bool:
    """Whether a BOM is wanted; the encoding, where one is given, is UTF-8."""
    if not arguments:
        return False
    if len(arguments) > 1 or not isinstance(arguments[0], Opaque) or not arguments[0].type.endswith("UTF8Encoding"):
        raise Refused("")
    return bool(arguments[0].props.get("bom"))


def write_text(arguments: list[Value], frame: Any) -> Value:
    """WriteAllText(path, text[, encoding]): UTF-8, with a BOM only if asked."""
    if not 2 <= len(arguments) <= 3:
        raise Refused("")
    bom = utf8(arguments[2:])
    words = text(arguments[1])
    frame.engine.files.write(path_of(arguments, frame), ("\ufeff" if bom else "") + words)
    return NOTHING


def append_text(arguments: list[Value], frame: Any) -> Value:
    """AppendAllText(path, text[, encoding]): a BOM only at the beginning of a new file."""
    if not 2 <= len(arguments) <= 3:
        raise Refused("")
    path = path_of(arguments, frame)
    fresh = not path.exists() or path.stat().st_size == 0
    bom = utf8(arguments[2:]) and fresh
    frame.engine.files.append(path, ("\ufeff" if bom else "") + text(arguments[1]))
    return NOTHING


def write_lines(arguments: list[Value], frame: Any) -> Value:
    """WriteAllLines(path, texts[, encoding])."""
    if not 2 <= len(arguments) <= 3 or not isinstance(arguments[1], Array | NetList):
        raise Refused("")
    bom = utf8(arguments[2:])
    words = "".join(f"{text(line)}\n" for line in each(arguments[1]))
    frame.engine.files.write(path_of(arguments, frame), ("\ufeff" if bom else "") + words)
    return NOTHING


def content(arguments: list[Value], frame: Any, most: int = 2) -> str:
    """A file's text."""
    if not 1 <= len(arguments) <= most:
        raise Refused("")
    utf8(arguments[1:])
    path = path_of(arguments, frame)
    if not path.is_file():
        raise Net(MISSING if path.parent.is_dir() else "System.IO.DirectoryNotFoundException")
    made: str = frame.engine.files.read(path)
    return made


def read_text(arguments: list[Value], frame: Any) -> Value:
    """ReadAllText(path[, encoding])."""
    return content(arguments, frame)


def lines_of(words: str) -> list[str]:
    """Lines, ended by CR, LF or both; the last end gives no line of its own."""
    rows = words.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return rows[:-1] if rows[-1] == "" else rows


def read_lines(arguments: list[Value], frame: Any) -> Value:
    """ReadAllLines(path[, encoding])."""
    return Array.of(lines_of(content(arguments, frame)), "System.String")


def read_bytes(arguments: list[Value], frame: Any) -> Value:
    """ReadAllBytes(path)."""
    path = path_of(arguments, frame)
    if len(arguments) != 1 or not path.is_file():
        raise Refused("")
    return Array.of([Byte(b) for b in path.read_bytes()], "System.Byte")


def write_bytes(arguments: list[Value], frame: Any) -> Value:
    """WriteAllBytes(path, bytes)."""
    if len(arguments) != 2:
        raise Refused("")
    rows = cast(NetType("System.Byte[]"), arguments[1])
    frame.engine.files.put(path_of(arguments, frame), bytes(int(b) for b in rows))
    return NOTHING


def is_file(arguments: list[Value], frame: Any) -> Value:
    """[File]::Exists(path)."""
    return path_of(arguments, frame).is_file()


def is_folder(arguments: list[Value], frame: Any) -> Value:
    """[Directory]::Exists(path)."""
    return path_of(arguments, frame).is_dir()


def delete(arguments: list[Value], frame: Any) -> Value:
    """[File]::Delete(path): nothing happens where there is none."""
    path = path_of(arguments, frame)
    if path.is_dir():
        raise Refused("")
    path.unlink(missing_ok=True)
    return NOTHING


def move(arguments: list[Value], frame: Any) -> Value:
    """[File]::Move(from, to): the target must not be there."""
    if len(arguments) != 2:
        raise Refused("")
    source, target = (path_of([one], frame) for one in arguments)
    if not source.is_file() or target.exists() or not target.parent.is_dir():
        raise Refused("")
    source.rename(target)
    return NOTHING


def make_folder(arguments: list[Value], frame: Any) -> Value:
    """[Directory]::CreateDirectory(path), with what is above it."""
    path = path_of(arguments, frame)
    path.mkdir(parents=True, exist_ok=True)
    return Opaque("System.IO.DirectoryInfo", {"name": path.name, "fullname": str(path)})


# -- paths as text
def on_path(work: Callable[[str], str]) -> Static:
    """A function of one path, as text with `/`."""

    def run(arguments: list[Value], _: Any) -> Value:
        if len(arguments) != 1:
            raise Refused("")
        return work(word(arguments[0]))

    return run


def file_name(path: str) -> str:
    """What stands behind the last `/`."""
    return path.rsplit("/", 1)[-1]


def extension(path: str) -> str:
    """From the last dot of the name on."""
    name = file_name(path)
    dot = name.rfind(".")
    return name[dot:] if 0 <= dot < len(name) - 1 else ""


def bare_name(path: str) -> str:
    """The name up to its last dot."""
    name = file_name(path)
    return name[: name.rfind(".")] if "." in name else name


def folder_of(path: str) -> str:
    """What stands before the last `/`."""
    if not path or "//" in path or path.rfind("/") < 1:
        raise Refused("")
    return path.rsplit("/", 1)[0]


def combine(arguments: list[Value], _: Any) -> Value:
    """Combine(paths…): an absolute one begins anew."""
    if not 2 <= len(arguments) <= 4:
        raise Refused("")
    made = ""
    for part in (word(a) for a in arguments):
        if part.startswith("/") or not made:
            made = part
        elif part:
            made = made + part if made.endswith("/") else f"{made}/{part}"
    return made


def change_extension(arguments: list[Value], _: Any) -> Value:
    """ChangeExtension(path, extension)."""
    if len(arguments) != 2 or not word(arguments[1]) or not file_name(word(arguments[0])):
        raise Refused("")
    path, ending = word(arguments[0]), word(arguments[1])
    old = file_name(path)
    stem = path[: len(path) - len(old)] + (old[: old.rfind(".")] if "." in old else old)
    return stem + (ending if ending.startswith(".") else f".{ending}")


FILE, PATH, FOLDER = "System.IO.File", "System.IO.Path", "System.IO.Directory"
METHODS: dict[tuple[str, str], Static] = {
    (FILE, "writealltext"): write_text,
    (FILE, "appendalltext"): append_text,
    (FILE, "writealllines"): write_lines,
    (FILE, "readalltext"): read_text,
    (FILE, "readalllines"): read_lines,
    (FILE, "readallbytes"): read_bytes,
    (FILE, "writeallbytes"): write_bytes,
    (FILE, "exists"): is_file,
    (FILE, "delete"): delete,
    (FILE, "move"): move,
    (FOLDER, "exists"): is_folder,
    (FOLDER, "createdirectory"): make_folder,
    (PATH, "getfilename"): on_path(file_name),
    (PATH, "getextension"): on_path(extension),
    (PATH, "getfilenamewithoutextension"): on_path(bare_name),
    (PATH, "getdirectoryname"): on_path(folder_of),
    (PATH, "combine"): combine,
    (PATH, "changeextension"): change_extension,
}
