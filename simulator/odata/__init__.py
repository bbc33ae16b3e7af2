"""Query options of Graph (OData), for every resource of the simulated tenant."""

from simulator.odata.answer import number, one, respond
from simulator.odata.shape import Expansion, Shape

__all__ = ["Expansion", "Shape", "number", "one", "respond"]
