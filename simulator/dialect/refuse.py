"""What the dialect does not have is refused by name and line; it never guesses."""


class Refused(Exception):  # noqa: N818
    """A construct, cmdlet, parameter, method or conversion outside the dialect.

    Args:
        what: The name as it stands in the script (so that it can be found on that line).
        line: 1-based; 0 where the refusal arises in a conversion and the statement's line is filled in later.
        why: What exactly was asked of it, where the name alone does not tell.
    """

    def __init__(self, what: str, line: int = 0, why: str = "") -> None:
        super().__init__(f"line {line}: {what} is outside the dialect{f' ({why})' if why else ''}")
        self.what = what
        self.line = line
        self.why = why
