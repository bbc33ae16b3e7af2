"""Provisioning, from pure plans to kills in the middle of a write."""
