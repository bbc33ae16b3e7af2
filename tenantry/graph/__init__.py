"""The only door to Microsoft Graph. Everything outside this package sees `Graph` and plain JSON or msgspec types."""

import tenantry.graph.lean  # noqa: F401 (before anything here imports httpx)  # isort: skip
from tenantry.graph.door import Graph
from tenantry.graph.retry import RetryPolicy
from tenantry.graph.wire import Part, Reply, literal, segment

__all__ = ["Graph", "Part", "Reply", "RetryPolicy", "literal", "segment"]
