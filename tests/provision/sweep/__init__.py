"""Every profile under every option, provisioned on fresh simulated tenants: clean, in trouble, and killed half-way.

`variants` enumerates them from the profiles' own files, `expected` works out the end state from those files alone (no
code of the product), `ground` is a workspace on one tenant, `state` compares what the tenant's door shows.
`python -m tests.provision.sweep` runs it all and prints a table.
"""
