"""Reading the tenant as it is. Nothing here writes; nothing here decides."""
