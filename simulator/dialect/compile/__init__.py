"""From the tree to closures that run: one function for each kind of node."""
