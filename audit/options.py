"""The knobs of an audit: what date it is, what is judged, which thresholds."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

Scope = Literal["integrations", "tenant"]


@dataclass(frozen=True)
class Options:
    """`scope` None judges the apps of the integration files, or every app where the snapshot holds none of these."""

    as_of: datetime
    scope: Scope | None = None
    expiry_warning: timedelta = field(default=timedelta(days=30))
    expiry_alarm: timedelta = field(default=timedelta(days=7))
    longest_life: timedelta = field(default=timedelta(days=731))  # 24 months, the longest that a vendor asks for
