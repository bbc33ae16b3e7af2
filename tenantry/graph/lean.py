"""Imports httpx without its command line, which takes longer to import than the rest of it (rich, pygments).

httpx leaves its command line out where that cannot be imported (`httpx/__init__.py`); here it is told so.
"""

import sys
from typing import Any

_COMMAND_LINE = "httpx._main"

if "httpx" not in sys.modules:
    hidden: dict[str, Any] = {_COMMAND_LINE: None}
    sys.modules.update(hidden)
    try:
        import httpx  # noqa: F401 (for whoever imports it next)
    finally:
        del sys.modules[_COMMAND_LINE]
