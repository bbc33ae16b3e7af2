"""The directory half of the simulated Graph."""
