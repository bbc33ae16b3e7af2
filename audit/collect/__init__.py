"""`audit collect`: one read-only pass over the tenant, streamed into a snapshot that proves itself.

It never judges. What cannot be read is written down with the reason; nothing is left out in silence.
"""

from audit.collect.job import Integrated, Job, Outcome
from audit.collect.main import collect

__all__ = ["Integrated", "Job", "Outcome", "collect"]
