"""An oracle of our own: reads PowerShell text by the tokenizer's character classes, not by our filter's code.

Written from the table of classes alone: a literal opened by any single quote is closed by any single quote that is
not followed by another; of a pair the second character is kept.
"""

QUOTES = frozenset(chr(point) for point in (0x27, 0x2018, 0x2019, 0x201A, 0x201B))


def read_literal(source: str, start: int = 0) -> tuple[str, int]:
    """The text of the single-quoted literal at `start` and where it ends; ValueError where there is none."""
    if start >= len(source) or source[start] not in QUOTES:
        raise ValueError(f"no literal at {start}")
    kept: list[str] = []
    at = start + 1
    while at < len(source):
        if source[at] not in QUOTES:
            kept.append(source[at])
            at += 1
        elif at + 1 < len(source) and source[at + 1] in QUOTES:
            kept.append(source[at + 1])
            at += 2
        else:
            return "".join(kept), at + 1
    raise ValueError("the literal does not end")


def read_whole(source: str) -> str:
    """The text of `source`, which must be one literal and nothing else."""
    text, end = read_literal(source)
    if end != len(source):
        raise ValueError(f"something follows the literal: {source[end:]!r}")
    return text
