"""The simulated sign-in service: OpenID configuration, tokens for apps and people, and AADSTS errors."""
