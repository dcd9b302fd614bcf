"""Hand work to the worker once the present transaction is committed; pages go on when the queue is away."""

import logging
from functools import partial
from typing import Any

from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


def enqueue(task: Any, *args: int) -> None:
    """Send a task with ids as arguments after the commit.

    The request for the work stands in the database; when the queue is away, beat takes it up later (settings, resume).
    """
    transaction.on_commit(partial(_send, task, args))


def _send(task: Any, args: tuple[int, ...]) -> None:
    try:
        task.delay(*args)
    except OperationalError:
        log.warning("the queue is away: %s%s waits", task.name, args)
