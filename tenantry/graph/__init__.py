"""The only door to Microsoft Graph. Everything outside this package sees `Graph` and plain JSON or msgspec types."""

from tenantry.graph.door import Graph, Part, Reply

__all__ = ["Graph", "Part", "Reply"]
