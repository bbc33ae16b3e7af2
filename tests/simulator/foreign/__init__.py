"""Clients that nobody here wrote, through a proxy under Microsoft's own host names."""
