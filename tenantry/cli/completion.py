"""`tenantry completion`: the script that a shell loads to complete commands, options and tenant names."""

import click

from tenantry.cli import common

_HOW = {
    "bash": 'eval "$(tenantry completion bash)"                    # in ~/.bashrc',
    "zsh": 'eval "$(tenantry completion zsh)"                     # in ~/.zshrc',
    "fish": "tenantry completion fish > ~/.config/fish/completions/tenantry.fish",
    "powershell": "tenantry completion powershell | Out-String | Invoke-Expression   # in $PROFILE",
}


@click.command("completion", epilog=common.examples(*_HOW.values()))
@click.argument("shell", type=click.Choice(list(_HOW)))
def command(shell: str) -> None:
    """Print the completion script for SHELL."""
    from click.shell_completion import get_completion_class

    from tenantry.cli.main import cli
    from tenantry.errors import UsageError

    kind = get_completion_class(shell)
    if kind is None:
        raise UsageError(f"This version of click cannot complete in {shell}.", fix="Update click to 8.5 or newer.")
    click.echo(kind(cli, {}, "tenantry", "_TENANTRY_COMPLETE").source())
