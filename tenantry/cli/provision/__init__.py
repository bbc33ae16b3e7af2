"""`tenantry provision`: from the workspace to the tenant, and the proof that it got there."""

from collections.abc import Mapping

import click

from tenantry.cli.main import LazyGroup

# name -> (module:attribute, one line of help), in the order of use.
COMMANDS: Mapping[str, tuple[str, str]] = {
    "plan": ("tenantry.cli.provision.plan:plan", "What apply would do, why, how risky, with which right."),
    "apply": ("tenantry.cli.provision.apply:apply", "Carry out the plan: show it, ask once, write."),
    "adopt": ("tenantry.cli.provision.adopt:adopt", "Take over an app that is there already, by its client id."),
    "split": ("tenantry.cli.provision.handing:split", "Who does what: you with these rights, others with the rest."),
    "consent-link": ("tenantry.cli.provision.handing:consent_link", "The link by which an administrator consents."),
    "verify": ("tenantry.cli.provision.proof:verify", "Prove the chain link by link with a fresh token."),
    "handover": ("tenantry.cli.provision.proof:handover", "What to type where in the vendor's form."),
    "emit": ("tenantry.cli.provision.proof:emit", "Write the integration file anew."),
    "rotate": ("tenantry.cli.provision.credential:rotate", "A new credential: add, try, store, emit."),
    "retire": ("tenantry.cli.provision.credential:retire", "Remove the old credential after a grace time."),
    "undo": ("tenantry.cli.provision.back:undo", "Take back what one run made."),
    "destroy": ("tenantry.cli.provision.back:destroy", "Take an integration away again."),
}


@click.group(cls=LazyGroup, table=COMMANDS)
def command() -> None:
    """Bring tenants to what tenantry.toml says, and prove it.

    `plan` only reads. `apply` shows the plan, asks once, and writes each step to a journal.
    """
