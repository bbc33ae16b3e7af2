"""What `scripts rehearse -o json` prints, as types: for its schema, and for who reads it."""

from typing import Any

import msgspec


class Change(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that a cmdlet changed. `target` in words; `before` and `after` null where there was nothing."""

    cmdlet: str
    target: str
    before: Any
    after: Any
    line: int


class ScriptError(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An error of the script, or its refusal (`message` begins with "refused: "); `id` as PowerShell has it."""

    message: str
    line: int
    id: str = ""


class Rehearsal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One run of one script. `result` is the object that it gave, null where it did not come to its end."""

    script: str
    changes: list[Change]
    prompts: list[str]
    errors: list[ScriptError]
    result: Any
    warnings: list[str]
    whatIf: list[str]  # noqa: N815 (the contract's name)
