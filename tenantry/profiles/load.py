"""Finds and reads profiles: the built-in ones beside this file, and a workspace's own under `profiles/`."""

import re
from pathlib import Path

import msgspec

from tenantry.errors import UsageError
from tenantry.profiles.model import Profile
from tenantry.toml import Document, check, closest, read

BUILT_IN = ("telia-calendar",)  # one line a file beside this one; a test compares

_FOLDER = Path(__file__).parent
_CALL = re.compile(r"(GET|POST|PUT|PATCH|DELETE) /\S+")
_VALUES = ("tenant_id", "client_id", "object_id", "secret_value", "secret_id", "secret_expires", "name")


def names(root: Path | None) -> list[str]:
    """Every profile that can be named: built in, then the workspace's own."""
    own = sorted(path.stem for path in (root / "profiles").glob("*.toml")) if root else []
    return [*BUILT_IN, *(name for name in own if name not in BUILT_IN)]


def load(name: str, root: Path | None) -> Profile:
    """The profile of that name.

    Raises:
        UsageError: There is none (with a suggestion).
        ConfigurationError: Everything that is wrong with it, with file and line.
    """
    own = root / "profiles" / f"{name}.toml" if root else None
    if name in BUILT_IN:
        path = _FOLDER / f"{name}.toml"
    elif own is not None and name in names(root):
        path = own
    else:
        raise UsageError(f'There is no profile "{name}".', fix=closest(name, names(root)))
    document = read(path)
    _contradictions(document, check(document, document.data, Profile))
    document.settle()
    return msgspec.convert(document.data, Profile)


def _contradictions(document: Document, data: dict[str, object]) -> None:
    """What the types cannot say: the name is the file's, calls are calls, every permission has its reason."""
    if data.get("name") not in (None, document.path.stem):
        document.report(("name",), f'must be "{document.path.stem}", as the file is named.')
    credential = document.data.get("credential", {})
    if isinstance(credential, dict) and "credential" in data:
        lifetime, longest = credential.get("lifetime", 0), credential.get("longest", 0)
        if isinstance(lifetime, int) and isinstance(longest, int) and lifetime > longest:
            document.report(("credential", "lifetime"), f"{lifetime} days are more than the longest, {longest}.")
    calls = data.get("calls", [])
    assert isinstance(calls, list)
    for index, call in enumerate(calls):
        if not _CALL.fullmatch(call):
            document.report(("calls", index), f'"{call}" is not METHOD /path.')
    _permissions(document, data, calls)
    forms = data.get("form", [])
    assert isinstance(forms, list)
    for index, form in enumerate(forms):
        value = form.get("value", "")
        if value not in _VALUES and not value.startswith("="):
            fix = closest(value, _VALUES)
            document.report(("form", index, "value"), f'"{value}" is nothing that can be filled in.', fix)


def _permissions(document: Document, data: dict[str, object], calls: list[str]) -> None:
    wanted, forbidden = data.get("permissions", []), data.get("forbidden", [])
    assert isinstance(wanted, list)
    assert isinstance(forbidden, list)
    keys = [(p.get("resource"), p.get("name"), p.get("type", "application")) for p in wanted]
    for index, needed in enumerate(wanted):
        if not needed.get("serves") and not needed.get("vendor_requires"):
            document.report(
                ("permissions", index), "has no reason.", "Say what it serves, or vendor_requires = its source."
            )
        for call in needed.get("serves", []):
            if call not in calls:
                document.report(
                    ("permissions", index, "serves"), f'"{call}" is not among the calls.', closest(call, calls)
                )
        if keys[index] in keys[:index]:
            document.report(("permissions", index), "comes twice.")
    for index, needed in enumerate(forbidden):
        if (needed.get("resource"), needed.get("name"), needed.get("type", "application")) in keys:
            document.report(("forbidden", index), f"{needed.get('name')} is asked for above.", "Keep one of the two.")
