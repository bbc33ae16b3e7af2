"""Query options of Graph (OData), for every resource of the simulated tenant."""

from simulator.odata.answer import number, one, respond
from simulator.odata.shape import Shape

__all__ = ["Shape", "number", "one", "respond"]
