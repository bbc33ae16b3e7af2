"""The values of provisioning: what shall be (`desired`), what is (`actual`), what to do about it (`change`)."""
