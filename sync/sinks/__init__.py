"""Where records go. To add a sink: a module beside these, a line in SINKS, its keys in `tenantry.integration.Sink`."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from sync.sinks.interface import Sink, SinkError
from tenantry.errors import ConfigurationError, Problem
from tenantry.integration import IntegrationFile
from tenantry.integration import Sink as SinkConfig

__all__ = ["SINKS", "Sink", "SinkError", "name_of", "open_sinks"]


def name_of(sink: SinkConfig) -> str:
    """What the outbox knows a sink by: another target is another sink, which gets everybody's state anew."""
    return sink.name or f"{sink.kind}:{sink.path or sink.url or ''}"


def open_sinks(file: IntegrationFile, base: Path) -> dict[str, Sink]:
    """The sinks of an integration file by name; relative paths start from `base`.

    Raises:
        ConfigurationError: Every sink that cannot be used, with what it lacks.
    """
    problems: list[Problem] = []
    made: dict[str, Sink] = {}
    for index, config in enumerate(file.sinks):
        try:
            made[name_of(config)] = SINKS[config.kind](config, file, base)
        except KeyError:
            what, fix = f"kind {config.kind} is not known to this version.", f"Use {' or '.join(SINKS)}."
            problems.append(
                Problem(what, where=f"{file.tenant.name}/{file.integration}", field=f"sinks[{index}]", fix=fix)
            )
        except ValueError as error:
            problems.append(
                Problem(str(error), where=f"{file.tenant.name}/{file.integration}", field=f"sinks[{index}]")
            )
    if problems:
        raise ConfigurationError(problems)
    return made


def _jsonl(config: SinkConfig, _: IntegrationFile, base: Path) -> Sink:
    from sync.sinks.jsonl import JsonLines

    if not config.path:
        raise ValueError("a jsonl sink needs a path.")
    return JsonLines(base / config.path)


def _webhook(config: SinkConfig, file: IntegrationFile, base: Path) -> Sink:
    from sync.sinks.webhook import Webhook, signing_key
    from tenantry.stores import read_secret

    url = urlsplit(config.url or "")
    if url.scheme not in ("https", "http") or not url.hostname:
        raise ValueError("a webhook sink needs a url that begins with https://.")
    if url.scheme == "http" and url.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise ValueError("a webhook over http is allowed on this machine only; use https.")
    if config.secret is None:
        raise ValueError("a webhook sink needs a secret: a store that holds whsec_….")
    key = signing_key(read_secret(config.secret, base).reveal())
    return Webhook(config.url or "", key, f"{file.tenant.id}/{file.integration}")


SINKS: dict[str, Callable[[SinkConfig, IntegrationFile, Path], Sink]] = {"jsonl": _jsonl, "webhook": _webhook}
