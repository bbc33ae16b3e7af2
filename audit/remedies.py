"""What mends a finding about Exchange: the script of ours that does it, named by its whole command."""

from audit.app import App


def export_evidence(app: App) -> str:
    """Where Exchange's own evidence is missing or old."""
    tenant = f" {app.integration.tenant.name}" if app.integration else ""
    return (
        f"Render the script `tenantry scripts render evidence{tenant} --product online`, have an Exchange "
        "administrator run it, then collect again with `--exchange DIR`."
    )


def narrow(app: App, kind: str = "") -> str:
    """Where an app reaches more mailboxes than it should; `kind`: rbac where no other script helps."""
    if app.label is None:
        return "Narrow the app by RBAC for Applications, or revoke the permission."
    if app.in_exchange and not kind:
        return (
            f"Exchange shall give this right, and Entra not: `tenantry provision plan {app.label}` tells what is left."
        )
    return run_script(app, kind or "access-policy")


def run_script(app: App, kind: str) -> str:
    """The command that writes the script, and who runs it."""
    return (
        f"Render the script `tenantry scripts render {kind} {app.label} --product online`, and have an Exchange "
        "administrator run it."
    )
