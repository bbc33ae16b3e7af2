"""Writes docs/reference/scripts.md: every kind of script in one table, and how they are run (`python dev.py docs`)."""

# ruff: noqa: E501  (rows of Markdown tables)

from templates.scripts import KINDS
from tests.templates.examples import EXAMPLES
from tests.templates.pwsh.play import parameters_of

COMMON = {"CertificateThumbprint", "SignInAppId", "Organization", "ManagedIdentity", "ResultPath", "Server"}
_HEAD = """# Exchange scripts

Generated from the kinds themselves by `python dev.py docs`. `tenantry scripts list` tells them, `tenantry scripts render
KIND TENANT/INTEGRATION` writes one, and `tenantry scripts rehearse FILE` tries it without PowerShell and without the
tenant.

"""

_FOOT = """
`rbac --migrate` writes `rbac` in another form: it moves an app from its access policies to RBAC for Applications, in two
phases (the second one with `-Finish`, after Entra's grant is withdrawn). `--product` chooses the Exchange; each script
says its own on top.

## Before the first run

Compare the file with the list beside it, read it, and sign it or take the mark of the web away:

```powershell
(Get-FileHash -Algorithm SHA256 -LiteralPath .\\rbac-contoso-telia.ps1).Hash   # as in SHA256SUMS, in capitals
Set-AuthenticodeSignature -LiteralPath .\\rbac-contoso-telia.ps1 -Certificate (Get-Item Cert:\\CurrentUser\\My\\THUMBPRINT)
Unblock-File -LiteralPath .\\rbac-contoso-telia.ps1                            # instead of a signature (RemoteSigned)
```

Sign last: any change of the file, a rendering too, ends the signature, and a signed file has another SHA-256. Keep it in
UTF-8 with its byte order mark; read in another encoding it stops before it touches anything.

## Run

`-WhatIf` shows what would change. Without it each change asks first; `-Confirm:$false` does not ask. A second run changes
nothing that is right already; after a stop the same command does the rest.

| Exchange | shell | sign-in |
| --- | --- | --- |
| online | Windows PowerShell 5.1, or the PowerShell 7 that the module wants (7.4 for ExchangeOnlineManagement 3.5) | asks, unless connected; `-CertificateThumbprint`, `-SignInAppId` and `-Organization`; `-ManagedIdentity` and `-Organization` |
| 2010 | Exchange Management Shell (Windows PowerShell 2.0) | the shell's own; `-Server NAME` from elsewhere (Kerberos) |
| 2013 to SE | Exchange Management Shell | the same |
| 2007 | Exchange Management Shell on Windows PowerShell 2.0 | the shell's own |

Unattended, for instance as a task:

```powershell
pwsh -NoProfile -NonInteractive -File .\\rbac-contoso-telia.ps1 -Confirm:$false -ManagedIdentity -Organization contoso.onmicrosoft.com
powershell.exe -NoProfile -NonInteractive -File .\\reviewer-contoso-bredband2.ps1 -Confirm:$false
```

`service-user` needs a password then: `-Password` takes a SecureString, so call it from a script that has one.

The exit code is 0 where the script came to its end and 1 where it stopped. Single mailboxes that failed (`Failed`) and
answers of samples that are not as expected (`Wrong`) do not stop it: they are in the result.

## What it leaves behind

Everything stands beside `-ResultPath`, by default in the current folder:

| file | holds |
| --- | --- |
| `NAME.result.json` | the summary that the script also gives as an object |
| `NAME.result.json.journal` | CSV of every change that was made, with what was before; `teardown` reads it, so keep it |
| `NAME.result.json.mailboxes.csv` | reviewer: a line for each mailbox; `.unfinished.csv` while it works or after a stop, `.whatif.csv` of `-WhatIf` |
| `exchange/*.json` | evidence (`-OutFolder`): one file for each cmdlet, for `tenantry audit collect --exchange` |

## Parameters

All take `-ResultPath`, `-WhatIf`, `-Confirm` and `-Verbose`, those for Exchange Online the four of sign-in, those for
Exchange 2010 to SE `-Server`. `Get-Help .\\SCRIPT.ps1 -Full` explains each. Of their own have:

"""


def scripts() -> str:
    """The page."""
    lines = ["| kind | Exchange | does | changes | undo |", "| --- | --- | --- | --- | --- |"]
    for kind in KINDS:
        cells = (f"`{kind.name}`", ", ".join(kind.products), kind.does, kind.changes, kind.undo)
        lines.append("| " + " | ".join(cells) + " |")
    parameters = ["| script | parameters |", "| --- | --- |"]
    for name, example in EXAMPLES.items():
        own = sorted(parameters_of(example().content) - COMMON)
        if own and example.product in ("online", "se"):
            parameters.append(f"| `{name}` | " + ", ".join(f"`-{one}`" for one in own) + " |")
    return _HEAD + "\n".join(lines) + "\n" + _FOOT + "\n".join(parameters) + "\n"
