"""The passwords of integration users, handed over apart: beside the secret, in a private file of their own."""

import csv
import io
from pathlib import Path

import msgspec

from tenantry.errors import UsageError
from tenantry.files import write_atomic
from tenantry.integration import IntegrationFile, StoreRef
from tenantry.stores import open_store


def passwords_path(secret_file: Path) -> Path:
    """`secret.txt` has `secret.users.csv` beside it."""
    return secret_file.with_name(f"{secret_file.stem}.users.csv")


def write_passwords(file: IntegrationFile, root: Path, path: Path) -> None:
    """Writes `user,password`, a line each. Nothing is written where one of them is not known.

    Raises:
        UsageError: A user's password is not in the store.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("user", "password"))
    for one in file.integration_users:
        store = open_store(msgspec.convert(one["store"], StoreRef), root)
        held = store.read()
        if held is None or held.secret is None:
            name = f"{file.tenant.name}/{file.integration}"
            fix = f"Put it there, or run `tenantry provision apply {name}`; `tenantry provision plan` says which."
            raise UsageError(f"The {store.describe()} holds no password of {one['userPrincipalName']}.", fix=fix)
        writer.writerow((one["userPrincipalName"], held.secret.reveal()))
    write_atomic(path, text.getvalue(), private=True)
