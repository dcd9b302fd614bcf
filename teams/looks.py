"""Looks at the whole district: asked for by a person or the clock, done by the worker, one at a time."""

import logging
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, TypeVar

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from teams.clock import today
from teams.locks import alone

if TYPE_CHECKING:
    from teams.models import User
    from teams.models.accounts import SystemAccount

log = logging.getLogger(__name__)


class Look(models.Model):
    """One look. Looks follow each other; what was found stands in other tables, and is the last finished one's."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    as_of = models.DateField(_("as of"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.QUEUED)
    asked_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        abstract = True
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.as_of} {self.status}"


Kind = TypeVar("Kind", bound=Look)
UNFINISHED = (Look.Status.QUEUED, Look.Status.RUNNING)


@transaction.atomic
def ask(kind: type[Kind], by: "User | SystemAccount") -> Kind:
    """A look that waits for the worker; joins one that waits already."""
    looks = kind._default_manager
    return looks.filter(status=Look.Status.QUEUED).first() or looks.create(as_of=today(), by_id=by.pk)


def take(kind: type[Kind], pk: int, *, lock: int, find: Callable[[date], int]) -> bool:
    """Look now: `find(day)` writes what there is and returns how much. False when another look is under way: then this
    one waits its turn.

    What was found before stays until the new is whole, and when it fails.
    """
    with alone(lock) as is_alone:
        look = kind._default_manager.filter(pk=pk, status__in=UNFINISHED).first()
        if not is_alone or look is None:
            return False
        _take(look, find)
        return True


def waiting(kind: type[Look]) -> list[int]:
    """Looks that wait (the queue was away) or whose worker was killed."""
    return list(kind._default_manager.filter(status__in=UNFINISHED).order_by("pk").values_list("pk", flat=True))


def forget(kind: type[Look], kept: timedelta) -> int:
    """Drop looks that nobody needs to know of any more; how many."""
    old = kind._default_manager.filter(asked_at__lt=timezone.now() - kept).exclude(status__in=UNFINISHED)
    return old.delete()[0]


def _take(look: Look, find: Callable[[date], int]) -> None:
    name, started = look._meta.model_name, time.monotonic()
    _note(look, status=Look.Status.RUNNING)
    try:
        with transaction.atomic():
            found = find(look.as_of)
    except Exception as failure:  # whatever it was, the page says that the look failed
        _note(look, status=Look.Status.FAILED, finished_at=timezone.now(), error=type(failure).__name__)
        log.exception("the %s failed, what was found before stays", name)
        raise
    # Whoever asked before this one began, and whose worker was killed, has the answer too.
    asked = type(look)._default_manager.filter(pk__lte=look.pk, status__in=UNFINISHED)
    asked.update(status=Look.Status.DONE, finished_at=timezone.now())
    log.info("%s: %d found in %.1f s", name, found, time.monotonic() - started)


def _note(look: Look, **values: object) -> None:
    for name, value in values.items():
        setattr(look, name, value)
    look.save(update_fields=list(values))
