"""A Microsoft 365 tenant to rehearse on: sign-in service, Graph and Exchange on loopback, with faults on order.

It imitates the documented service, never our client, and imports nothing of the toolkit. A request's way:
`front` (network, faults, log) → `app` (token, `router`, `authorize`) → the handlers of `directory` and `calendar`;
`signin` is the service that gives the tokens, `door` the way of tests and people to the state behind it all.
"""
