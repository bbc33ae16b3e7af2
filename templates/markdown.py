"""Text inside Markdown and HTML: shown as it is, never as markup. Only `code` in backticks stays code."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markupsafe import Markup

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#~!&])")
_BREAKS = re.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")
_CODE = re.compile(r"(`[^`|]+`)")


def markdown(value: object) -> str:
    """`value` for a line or a table cell: markup characters escaped, line breaks made blanks, code spans kept."""
    parts = _CODE.split(_BREAKS.sub(" ", str(value)))
    return "".join(part if _CODE.fullmatch(part) else _SPECIAL.sub(r"\\\1", part) for part in parts)


def prose(value: object) -> "Markup":
    """`value` for HTML: escaped, with code spans in `<code>`."""
    from markupsafe import Markup, escape

    parts = _CODE.split(str(value))
    return Markup("").join(
        Markup("<code>{}</code>").format(part[1:-1]) if _CODE.fullmatch(part) else escape(part) for part in parts
    )
