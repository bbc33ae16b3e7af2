"""Imports httpx and httpcore without what takes longer to import than the rest of them and is not used here.

httpx leaves its command line (rich, pygments) out where that cannot be imported (`httpx/__init__.py`), and httpcore
its HTTP/2 (`httpcore/_async/__init__.py`); here they are told so. Our client speaks HTTP/1.1; whoever asks httpcore
for HTTP/2 later still gets it, since its connections import it when the server agrees to it.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any


@contextmanager
def _without(name: str) -> Iterator[None]:
    """While it lasts, importing that module fails; one that is there already stays."""
    if name in sys.modules:
        yield
        return
    hidden: dict[str, Any] = {name: None}
    sys.modules.update(hidden)
    try:
        yield
    finally:
        del sys.modules[name]


if "httpx" not in sys.modules:
    with _without("httpx._main"):
        import httpx  # noqa: F401 (for whoever imports it next)
if "sniffio" not in sys.modules and find_spec("sniffio") is None:
    # httpcore looks for it at every lock; where it is not installed that search is slower than the request's rest.
    absent: dict[str, Any] = {"sniffio": None}
    sys.modules.update(absent)
if "httpcore" not in sys.modules:
    with _without("h2"):
        import httpcore  # noqa: F401 (the same)
