"""The `tenantry` command: finds the subcommand without importing the others, and speaks of errors in one place.

Importing this module loads click and nothing heavier; a test holds that.
"""

import contextlib
import os
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from tenantry import __version__
from tenantry.errors import ExitCode, Problem, TenantryError

if TYPE_CHECKING:
    from tenantry.cli.common import Session

# name -> (module:attribute, one line of help). One line per command, in the order a new user meets them.
COMMANDS: Mapping[str, tuple[str, str]] = {
    "init": ("tenantry.cli.init:command", "Make a workspace with a commented tenantry.toml."),
    "profiles": ("tenantry.cli.profiles:command", "What each kind of integration needs."),
    "whoami": ("tenantry.cli.whoami:command", "Which tenant, who is signed in, and what these rights suffice for."),
    "provision": ("tenantry.cli.provision:command", "Bring a tenant to the desired state, and prove it."),
    "scripts": ("tenantry.cli.scripts:command", "Exchange scripts that narrow an app to its mailboxes."),
    "audit": ("tenantry.cli.audit:command", "Collect evidence from a tenant and judge it offline."),
    "sync": ("tenantry.cli.sync:command", "Run the sync on an emitted integration file."),
    "simulate": ("tenantry.cli.simulate:command", "A tenant on loopback to rehearse on."),
    "demo": ("tenantry.cli.demo:command", "The whole chain in a simulated tenant, explained."),
    "completion": ("tenantry.cli.completion:command", "Shell completion for bash, zsh, fish and PowerShell."),
}


class Frame:
    """What one run of the program remembers for its error speaker."""

    session: "Session | None" = None


class LazyGroup(click.Group):
    """A group whose members are imported when called, so that `--help` and errors stay instant."""

    def __init__(self, *args: object, table: Mapping[str, tuple[str, str]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.table = table
        self.commands = {name: click.Command(name, short_help=text) for name, (_, text) in table.items()}

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        """In the order of the table, which is the order of use."""
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Imports the module of that one command."""
        if cmd_name not in self.table:
            return None
        from importlib import import_module

        module, _, attribute = self.table[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The table itself, so that help imports nothing."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in self.table.items()])


@click.group(
    cls=LazyGroup,
    table=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with `tenantry demo`, or `tenantry init DIR --profile telia-calendar`.",
)
@click.version_option(__version__, prog_name="tenantry", message="%(prog)s %(version)s")
def cli() -> None:
    """Gets a Microsoft 365 tenant ready for the phone system, proves that it stays safe, and runs the sync."""


def main() -> None:
    """Runs the command line of this process and ends it with the exit code of `ExitCode`."""
    _utf8()
    code = run(sys.argv[1:])
    if not _flushed():
        code = code or int(ExitCode.FAILED)
    sys.exit(code)


def run(args: Sequence[str]) -> int:
    """Runs one command line and returns its exit code; errors are told on stderr, never raised."""
    frame = Frame()
    try:
        result = cli.main(list(args), prog_name="tenantry", standalone_mode=False, obj=frame)
        return result if isinstance(result, int) else int(ExitCode.FINE)
    except click.ClickException as error:
        _tell_usage(error, frame)
        return int(ExitCode.USAGE)
    except (click.Abort, KeyboardInterrupt):
        _line("Interrupted.", frame)
        return int(ExitCode.INTERRUPTED)
    except BrokenPipeError:
        return int(ExitCode.FAILED)  # the reader of our output went away; nothing is left to tell it
    except Exception as error:  # noqa: BLE001 (the outermost layer: every error ends as a sentence)
        return _tell(error, frame)


def _tell(error: Exception, frame: Frame) -> int:
    """Says what went wrong, a line for each problem, and picks the exit code."""
    leaves = list(_leaves(error))
    ours = [leaf for leaf in leaves if isinstance(leaf, TenantryError)]
    foreign = [leaf for leaf in leaves if not isinstance(leaf, TenantryError)]
    told: set[str] = set()
    for problem in [problem for leaf in ours for problem in leaf.problems] + [_surprise(leaf) for leaf in foreign]:
        if str(problem) not in told:
            told.add(str(problem))
            _line(str(problem), frame, error=True)
    if _verbose(frame):
        _line("".join(traceback.format_exception(error)).rstrip(), frame, error=True, plain=True)
    elif foreign:
        _line("Run it again with -v for the details.", frame)
    return int(ExitCode.FAILED if foreign else ours[0].exit_code)


def _leaves(error: BaseException) -> Iterator[BaseException]:
    """The single errors inside groups that concurrent tasks raise."""
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _leaves(inner)
    else:
        yield error


def _surprise(error: BaseException) -> Problem:
    """An error nobody foresaw, in one line."""
    if isinstance(error, OSError) and error.strerror:
        name = f"{error.filename}: " if error.filename else ""
        return Problem(f"{name}{error.strerror}.")
    text = str(error).strip().splitlines()
    return Problem(f"Unexpected {type(error).__name__}: {text[0] if text else 'no message'}")


def _tell_usage(error: click.ClickException, frame: Frame) -> None:
    context = getattr(error, "ctx", None)
    hint = f" See `{context.command_path} --help`." if context is not None else ""
    text = error.format_message()
    _line(f"{text}{'' if text.endswith(('.', '?')) else '.'}{hint}", frame, error=True)


def _verbose(frame: Frame) -> bool:
    return frame.session is not None and frame.session.verbose > 0


def _line(text: str, frame: Frame, *, error: bool = False, plain: bool = False) -> None:
    """One line on stderr, secrets masked; a JSON object under `--log json`."""
    if frame.session is not None and frame.session.log == "json":
        frame.session.log_line(text, error=error)
        return
    from tenantry.redact import redact

    prefix = "Error: " if error and not plain else ""
    with contextlib.suppress(BrokenPipeError):
        click.echo(redact(prefix + text), err=True)


def _utf8() -> None:
    """UTF-8 out, whatever the console or locale says; what cannot be encoded is escaped instead of crashing."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")


def _flushed() -> bool:
    """Writes out what is buffered; False where the reader has gone. Keeps the interpreter from complaining later."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return False
    return True
