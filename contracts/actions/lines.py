"""One line of many that the worker does one after the other: what goes wrong with it stays its own."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils.translation import gettext_lazy as _

from teams.rules import RuleViolation

log = logging.getLogger(__name__)

BROKEN = "line.broken"


@contextmanager
def by_itself(what: str) -> Iterator[None]:
    """The block is done whole or not at all; what nobody foresaw is logged as a failure of `what`, and refused.

    A database that is away is no line's fault: its error ends the work, which is taken up again.
    Raises RuleViolation: line.broken, and those of the block.
    """
    try:
        with transaction.atomic():
            yield
            connection.check_constraints()  # what would only be noticed when the line is written, too
    except (RuleViolation, OperationalError, InterfaceError):
        raise
    except Exception as error:
        log.exception("%s failed", what)
        message = _("Something went wrong on our side; nothing was changed. The administrator finds it in the log.")
        raise RuleViolation(BROKEN, message) from error
