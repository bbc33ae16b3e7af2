"""The golden scripts in a real PowerShell, with stub cmdlets made from the reference data: see `module` and `run`."""
