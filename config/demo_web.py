"""How gunicorn serves a demo: as anywhere (config.gunicorn), but its port opens when the supervisor says so.

Whoever finds the port open finds the pages ready: the program is loaded before, while the district is made.
"""

import sys

from config.gunicorn import load_pages, loglevel, worker_class

__all__ = ["graceful_timeout", "loglevel", "preload_app", "threads", "worker_class", "workers"]

GO = "open\n"
workers, threads = 2, 4  # few, so that it opens soon
preload_app = True
graceful_timeout = 4


def on_starting(_server: object) -> None:
    """Called when the program is loaded and no port is open yet. Without the word the supervisor is gone."""
    load_pages()  # once for both processes
    if sys.stdin.readline() != GO:
        sys.exit(1)
