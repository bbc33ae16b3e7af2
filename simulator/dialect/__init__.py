"""Our scripts' own dialect of PowerShell: read, checked and run without PowerShell.

It never guesses: what is outside the dialect is refused by name and line (`Refused`). It is held to recordings of
the real engine; see docs/reference/dialect.md for what it has.
"""
