"""Text inside Markdown: shown as it is, never as markup."""

import re

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#~!&])")
_BREAKS = re.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")


def markdown(value: object) -> str:
    """`value` for a line or a table cell: markup characters escaped, line breaks made blanks."""
    return _SPECIAL.sub(r"\\\1", _BREAKS.sub(" ", str(value)))
