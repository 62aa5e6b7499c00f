"""Database setup before the site opens. It runs in this process, which saves starting others."""

import logging
from io import StringIO
from pathlib import Path
from time import monotonic, sleep

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import OperationalError, connection, connections
from django.db.migrations.executor import MigrationExecutor

from searchsite.local import directories
from searchsite.local.errors import LocalError

ADMIN = "admin"
_PASSWORD_FILE = "admin-password"  # noqa: S105 - a file name


def wait_for_database(seconds: float) -> None:
    """Raises LocalError if no connection succeeds within ``seconds``."""
    deadline = monotonic() + seconds
    while True:
        try:
            connection.ensure_connection()
        except OperationalError as error:
            if monotonic() > deadline:
                raise LocalError(f"The database of DATABASE_URL does not answer: {error}") from None
            sleep(0.5)
        else:
            return


def migrate() -> bool:
    """Apply pending migrations; True if there were any."""
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if pending:
        call_command("migrate", interactive=False, verbosity=0)
    return bool(pending)


def choose_encoder() -> str:
    """One line that names the encoder and the reason for the choice."""
    logging.getLogger("gallery.encoders.loader").setLevel(logging.WARNING)
    output = StringIO()
    call_command("encoder", "choose", stdout=output)
    return output.getvalue().strip().rpartition("\n")[2]


def admin_password(var: Path) -> str | None:
    """The generated password of ``admin``; None once somebody has changed it.

    Creates the account and the password if the site has no superuser.
    """
    users = get_user_model().objects
    path = var / _PASSWORD_FILE
    admin = users.filter(username=ADMIN).first()
    if admin is None and not users.filter(is_superuser=True).exists():
        password = directories.secret_file(path, length=12)
        users.create_superuser(username=ADMIN, password=password)
        return password
    if admin is None or not path.exists():
        return None
    password = path.read_text().strip()
    return password if admin.check_password(password) else None


def close_connections() -> None:
    """Call this before starting other processes, so that none inherits a connection."""
    connections.close_all()
