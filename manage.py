#!/usr/bin/env python
"""Django's command line, with the project's own servers running while a command needs them."""

import contextlib
import os
import signal
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.db import DatabaseError

# These read or write files only.
WITHOUT_SERVERS = {"help", "version", "--help", "--version", "-h", "compilemessages", "makemessages", "collectstatic"}

UNDEFINED_TABLE = "42P01"  # a code of PostgreSQL's


def needs_servers(arguments: list[str]) -> bool:
    """Whether the command of this command line talks to the database or to Redis."""
    if not arguments or arguments[0] in WITHOUT_SERVERS or "--help" in arguments:
        return False
    if arguments[0] == "check":
        return "--database" in arguments
    return True


def told(error: "DatabaseError") -> str | None:
    """One line for whoever can mend it: a database that does not answer, or lacks a table; None for other errors."""
    from django.db import OperationalError, connection
    from django.utils.translation import gettext_lazy as _

    from teams.imports.texts import both

    if isinstance(error, OperationalError) and connection.connection is None:
        return both(_("The database does not answer. Start it, or correct DATABASE_URL."))
    if getattr(error.__cause__, "pgcode", None) == UNDEFINED_TABLE:
        return both(_("The database is not prepared for this version. Run `python manage.py migrate` first."))
    return None


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import DatabaseError

    from config import servers

    # A plain `kill` leaves through the `with` below too, so that the servers are let go.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        with servers.running() if needs_servers(sys.argv[1:]) else contextlib.nullcontext():
            execute_from_command_line(sys.argv)
    except servers.ServersError as error:
        sys.exit(f"Error: {error}")
    except ImproperlyConfigured as error:
        if "--traceback" in sys.argv:
            raise
        sys.exit(f"Error: {error}")
    except DatabaseError as error:
        line = None if "--traceback" in sys.argv else told(error)
        if line is None:
            raise
        sys.exit(f"Error: {line}")


if __name__ == "__main__":
    main()
