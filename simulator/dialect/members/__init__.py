"""Properties, methods and indexes of values: a visible list for each type; what is not listed is refused."""
