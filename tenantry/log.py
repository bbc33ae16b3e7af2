"""The log: text or one JSON object a line, on stderr, with secrets masked and the libraries kept quiet.

Modules say `logging.getLogger(__name__)` and add `extra=fields(tenant=…, request_id=…)` where they know it.
"""

import contextlib
import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any, TextIO

from tenantry.redact import redact

# Loggers of ours; everything else only speaks at warning and above, or at -vv (never its headers).
OURS = ("tenantry", "provision", "audit", "sync", "templates", "simulator")
_TAMED = {
    "azure": logging.WARNING,
    "azure.core.pipeline.policies.http_logging_policy": logging.CRITICAL,
    "azure.identity": logging.CRITICAL,  # its warnings repeat the exception that we turn into a sentence
    "msal": logging.CRITICAL,
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "urllib3": logging.WARNING,
    "hpack": logging.WARNING,
    "asyncio": logging.CRITICAL,
    "keyring": logging.WARNING,
}


def fields(**known: str | None) -> dict[str, Any]:
    """`extra=` for a log call: `tenant`, `integration`, `request_id`; None where unknown."""
    return {"fields": {name: value for name, value in known.items() if value}}


def configure(*, verbose: int = 0, style: str = "text", quiet: bool = False) -> None:
    """Sets up the whole process's log; called once a run by the command line.

    Args:
        verbose: 0 warnings (with `style` json also what happens), 1 what happens, 2 each request.
        style: "text" or "json".
        quiet: Errors only, unless verbose.
    """
    handler = _Stderr(sys.stderr)
    handler.setFormatter(JsonLines() if style == "json" else Text())
    root = logging.getLogger()
    for old in [old for old in root.handlers if isinstance(old, _Stderr)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    usual = logging.INFO if style == "json" else logging.WARNING
    level = {0: logging.ERROR if quiet else usual, 1: logging.INFO}.get(verbose, logging.DEBUG)
    for name in OURS:
        logging.getLogger(name).setLevel(level)
    for name, at_least in _TAMED.items():
        logging.getLogger(name).setLevel(at_least)


class _Stderr(logging.StreamHandler[TextIO]):
    """Ours, so that a second run in one process replaces it and nobody else's."""


class Text(logging.Formatter):
    """`12:00:01 INFO tenant/integration: message (request id …)`."""

    def format(self, record: logging.LogRecord) -> str:
        """One record, secrets masked."""
        known: dict[str, str] = getattr(record, "fields", {})
        time = datetime.fromtimestamp(record.created, UTC).strftime("%H:%M:%S")
        where = "/".join(known[name] for name in ("tenant", "integration") if name in known)
        tail = f" (request id {known['request_id']})" if "request_id" in known else ""
        text = f"{time} {record.levelname} {where + ': ' if where else ''}{record.getMessage()}{tail}"
        return redact(text + _trace(record))


class JsonLines(logging.Formatter):
    """One object a line: time, level, message, tenant, integration, request_id; null where not known."""

    def format(self, record: logging.LogRecord) -> str:
        """One record, secrets masked before it becomes JSON."""
        known: dict[str, str] = getattr(record, "fields", {})
        line = {
            "time": datetime.fromtimestamp(record.created, UTC)
            .isoformat(timespec="milliseconds")
            .replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "message": redact(record.getMessage() + _trace(record)),
            "tenant": known.get("tenant"),
            "integration": known.get("integration"),
            "request_id": known.get("request_id"),
        }
        return json.dumps(line, ensure_ascii=False)


def _trace(record: logging.LogRecord) -> str:
    if not record.exc_info or record.exc_info[1] is None:
        return ""
    with contextlib.suppress(Exception):
        return "\n" + "".join(traceback.format_exception(record.exc_info[1])).rstrip()
    return ""
