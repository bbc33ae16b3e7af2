"""What Exchange Online lets an application see: application access policies."""

from simulator.exchange.policies import PROPAGATION, allows

__all__ = ["PROPAGATION", "allows"]
