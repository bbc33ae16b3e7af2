"""Where the reference data beside the project lies, for the makers of tables."""

import json
import os
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
SHARED = Path(os.environ.get("TENANTRY_SHARED") or ROOT.parent / "shared")


def reference(name: str) -> Any:
    """One JSON file of the reference data."""
    return json.loads((SHARED / name).read_text(encoding="utf-8"))
