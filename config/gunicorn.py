"""How gunicorn serves: `gunicorn --config python:config.gunicorn config.wsgi`. The command line has the last word."""

import gc
import os
from typing import Any

# A page is mostly computing, so more processes than processors only wait for one another; a third takes over while
# one waits for the database. Threads of one process compute in turn: more than a few make all of them late.
workers = int(os.environ.get("SHOUYUE_WEB_WORKERS", (os.cpu_count() or 1) + 1))
worker_class = "gthread"
threads = 4
loglevel = "warning"


def post_worker_init(worker: Any) -> None:
    """What the application consists of stays for good: the collector needn't look through it again.

    It did so every few hundred requests, for a quarter of a second, while everybody on this process waited.
    """
    gc.collect()
    gc.freeze()
