"""The cmdlets of the dialect: each a signature and what its stage does."""
