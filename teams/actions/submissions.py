"""Doing what a form asks once, however often it is sent (trust.md: a double click makes one contract, not two)."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from teams.models import Submission, User
from teams.rules import RuleViolation

KEPT = timedelta(days=7)


def fresh_key() -> str:
    """For the hidden field `submission` of a form that is about to be shown."""
    return str(uuid4())


@transaction.atomic
def once(*, key: str, by: User, do: Callable[[], str]) -> str:
    """Where sending the form leads: what `do` returns the first time, and the same without doing it again.

    A second sending waits until the first is through. When `do` raises, the key is free again: whoever mends the form
    sends it with the same key. Raises RuleViolation `submission.key` for a key that isn't one, or another account's.
    """
    try:
        number = UUID(key)
    except ValueError:
        raise _unknown_key() from None
    if not _claim(number, by):
        earlier = led_to(key=key, by=by)
        if not earlier:
            raise _unknown_key()
        return earlier
    location = do()
    Submission.objects.filter(key=number).update(location=location)
    return location


def led_to(*, key: str, by: User) -> str:
    """Where the form of this key led when it was sent before; "" when it wasn't."""
    try:
        number = UUID(key)
    except ValueError:
        return ""
    return Submission.objects.filter(key=number, by=by).values_list("location", flat=True).first() or ""


def forget_submissions() -> int:
    """Drop keys of forms that nobody sends again; how many."""
    return Submission.objects.filter(sent_at__lt=timezone.now() - KEPT).delete()[0]


def _claim(key: UUID, by: User) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into teams_submission (key, by_id, location, sent_at) values (%s, %s, '', now())"
            " on conflict (key) do nothing",
            [str(key), by.pk],
        )
        return cursor.rowcount == 1


def _unknown_key() -> RuleViolation:
    return RuleViolation("submission.key", _("The page is out of date. Load it again; what you typed is kept."))
