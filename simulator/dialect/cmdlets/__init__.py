"""The cmdlets of the dialect: each a signature and what its stage does."""

from simulator.dialect.cmdlets.core import core

__all__ = ["core"]
