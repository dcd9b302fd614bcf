"""Rows of which there is one by a code, a name or a period: of two who make it at once, the second reads that it was
done."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from psycopg2.errorcodes import EXCLUSION_VIOLATION, UNIQUE_VIOLATION

from teams.rules import RuleViolation

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@contextmanager
def only_one(code: str, message: "StrOrPromise") -> Iterator[None]:
    """Refuse with this what the database refuses because there is such a row already."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if getattr(error.__cause__, "pgcode", None) not in (UNIQUE_VIOLATION, EXCLUSION_VIOLATION):
            raise
        raise RuleViolation(code, message) from None
