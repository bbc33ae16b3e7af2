"""Writes docs/reference/checks.md: one section a check, from its own module (`python dev.py docs`)."""

import sys

from audit.checks import CHECKS
from audit.checks.interface import Check

_HEAD = """# Checks of the audit

Generated from the checks themselves by `python dev.py docs`. `tenantry audit checks` lists them.

Each check looks at one app and gives one finding: **pass**, **fail**, **conditional** (it holds only under a
condition, which the finding names), **unknown** (evidence is missing; it never reads as pass) or **waived**. `audit
run --fail-on SEVERITY` ends with 3 where a finding at least that severe failed, is conditional or unknown. Judged are
the apps of the integration files in the snapshot; `--scope tenant` judges every app, and so does a snapshot without
integration files.

How much a permission risks is a matter of opinion, so a finding names whose rating it shows: Microsoft's (1 to 5) and
Tenantry's (`audit/tables/own_ratings.toml`). The higher one counts.

## Waivers

A finding that somebody accepts stands in `waivers.toml` of the workspace (or `--waivers FILE`):

```toml
[[waiver]]
check   = "credential-unknown"
object  = "3f0c…"                      # the object's id, as the finding gives it
items   = ["9d1e…"]                    # optional: only these parts of the finding, so that a second one is told
reason  = "the old runner still uses it until the move in January"
owner   = "eva@contoso.com"
ticket  = "CHG-4711"                   # optional
expires = 2027-01-31                   # the last day it holds
```

The finding is then **waived**, with all of that in the report. A waiver that has expired (`waiver-expired`) or that
no finding needs any more (`waiver-unused`) is a finding itself.
"""


def checks() -> str:
    """The page."""
    return "\n".join([_HEAD, *(_section(check) for check in CHECKS)])


def _section(check: Check) -> str:
    text = (sys.modules[check.judge.__module__].__doc__ or "").strip()
    _, _, rest = text.partition(": ")
    lines = [f"## `{check.id}`", "", f"**{check.title}.** {check.risk}", "", rest[:1].upper() + rest[1:], ""]
    if check.frameworks:
        named = "; ".join(f"{name} {', '.join(ids)}" for name, ids in check.frameworks.items())
        lines += [f"Frameworks: {named}.", ""]
    lines += [f"- <{reference}>" for reference in check.references]
    return "\n".join([*lines, ""])
