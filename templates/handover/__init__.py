"""The hand-over sheet: what the admin types where in the vendor's form, as Markdown or HTML, in English or Swedish.

The secret's value is never in it: a field marked `secret` says only that it is handed over apart.
"""

from typing import Literal

import msgspec

from templates import render as _render
from templates.handover.words import WORDS

Language = Literal["en", "sv"]
Format = Literal["html", "md"]


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One field of the vendor's form. A `secret` one has no `value`: it is handed over apart."""

    label: str
    value: str = ""
    note: str = ""
    secret: bool = False

    def __post_init__(self) -> None:
        if self.secret and self.value:
            raise ValueError(f"the secret field {self.label!r} may not carry a value")


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """Everything on the sheet, in the language it is rendered in (headings excepted, which are ours).

    Attributes:
        title: What the sheet is for, e.g. the profile's title.
        tenant: The tenant's name, with its domain or id if you like.
        integration: `tenant/integration` as in the workspace.
        system: The vendor's product, as the vendor calls it.
        prepared: When the values were true (RFC 3339).
        fields: What to type where, in the form's order.
        steps: What to do at the vendor, in order.
        secret_location: Where the secret lies; empty where there is none.
        expires: When the credential ends (RFC 3339); empty where it does not.
        renewal: What to do when it ends, in order.
        pitfalls: Mistakes others made.
    """

    title: str
    tenant: str
    integration: str
    system: str
    prepared: str
    fields: tuple[Field, ...]
    steps: tuple[str, ...] = ()
    secret_location: str = ""
    expires: str = ""
    renewal: tuple[str, ...] = ()
    pitfalls: tuple[str, ...] = ()


def render(sheet: Sheet, *, format: Format = "html", language: Language = "en") -> str:  # noqa: A002
    """The sheet as one self-contained page (`html`) or as Markdown (`md`)."""
    return _render(f"handover/sheet.{format}", sheet=sheet, words=WORDS[language], language=language)
