"""The checks, one module each, in the order a reader meets them. To add one: `docs/recipes/check.md`."""

from audit.checks import (
    app_without_owner,
    calendar_tenant_wide,
    credential_expiry,
    credential_unknown,
    default_user_read,
    high_risk_permission,
    permission_excess,
    permission_missing,
)
from audit.checks.interface import Check

CHECKS: tuple[Check, ...] = (
    permission_missing.CHECK,
    permission_excess.CHECK,
    default_user_read.CHECK,
    high_risk_permission.CHECK,
    credential_expiry.CHECK,
    credential_unknown.CHECK,
    calendar_tenant_wide.CHECK,
    app_without_owner.CHECK,
)
