"""Tenantry: readies a Microsoft 365 tenant for the phone system, proves that it stays safe, and runs the sync."""

__version__ = "0.1.0"
