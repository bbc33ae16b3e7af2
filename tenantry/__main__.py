"""`python -m tenantry` and the installed `tenantry` command."""

from tenantry.cli.main import main

if __name__ == "__main__":
    main()
