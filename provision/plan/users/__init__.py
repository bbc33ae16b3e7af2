"""Integration users: accounts and passwords, the group, its exclusion, and what is still in the way. Pure."""

from provision.plan.users.accounts import plan_accounts
from provision.plan.users.exclusions import plan_exclusions
from provision.plan.users.group import plan_group, refuse_foreign_group
from provision.plan.users.hindrances import plan_hindrances

__all__ = ["plan_accounts", "plan_exclusions", "plan_group", "plan_hindrances", "refuse_foreign_group"]
