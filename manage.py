#!/usr/bin/env python
"""Django's command line, with the project's own servers running while a command needs them."""

import contextlib
import os
import signal
import sys

# These read or write files only.
WITHOUT_SERVERS = {"help", "version", "--help", "--version", "-h", "compilemessages", "makemessages", "collectstatic"}


def needs_servers(arguments: list[str]) -> bool:
    """Whether the command of this command line talks to the database or to Redis."""
    if not arguments or arguments[0] in WITHOUT_SERVERS or "--help" in arguments:
        return False
    if arguments[0] == "check":
        return "--database" in arguments
    return True


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    from config import servers

    # A plain `kill` leaves through the `with` below too, so that the servers are let go.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        with servers.running() if needs_servers(sys.argv[1:]) else contextlib.nullcontext():
            execute_from_command_line(sys.argv)
    except servers.ServersError as error:
        sys.exit(f"Error: {error}")


if __name__ == "__main__":
    main()
