"""Desired state into the tenant: plan (pure), read (the tenant as it is), apply (the only writer), verify, hand over.

`model` holds the values, `plan` compares them, `read` and `apply` speak to Graph, the rest are the commands' work.
"""
