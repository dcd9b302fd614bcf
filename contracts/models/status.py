"""What a coverage is on a day: one definition for rows in the database and for rows in hand (docs/rules.md,
reading 41).

A coverage is over from the first of these days on: the day after its term, that of its termination, and those on which
its resident died or moved out. One that was terminated on its first day never was. Nothing is written when a resident
dies: a corrected date corrects the coverage.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from residents.models import Resident
from teams.dates import ONE_DAY

if TYPE_CHECKING:
    from contracts.models.agreements import Coverage


class Status(models.TextChoices):
    """What a coverage is on a day; the last four are over."""

    TO_START = "to_start", _("to start")
    IN_FORCE = "in_force", _("in force")
    SUSPENDED = "suspended", _("suspended")
    EXPIRED = "expired", _("expired")
    TERMINATED = "terminated", _("terminated")
    DIED = "died", _("ended by death")
    MOVED = "moved", _("ended by moving out")


def status_of(coverage: "Coverage", day: date, *, is_suspended: bool) -> Status:
    """The status on `day` of a coverage whose resident is loaded; `is_suspended` tells whether a suspension holds."""
    if coverage.terminated_on == coverage.start_on:
        return Status.TERMINATED
    resident = coverage.resident
    ends = (
        (coverage.end_on + ONE_DAY, Status.EXPIRED),
        (coverage.terminated_on, Status.TERMINATED),
        (resident.died_on, Status.DIED),
        (resident.moved_out_on, Status.MOVED),
    )
    # Of two that fall on one day the one named first counts.
    first_on, ending = min(((on, status) for on, status in ends if on), key=lambda end: end[0])
    if first_on <= day:
        return ending
    if max(coverage.start_on, resident.birth_date, resident.registered_on or resident.birth_date) > day:
        return Status.TO_START
    return Status.SUSPENDED if is_suspended else Status.IN_FORCE


def last_day(coverage: "Coverage") -> date:
    """The last day in force: the end of the term, or the day before it was terminated."""
    return min(coverage.end_on, coverage.terminated_on - ONE_DAY) if coverage.terminated_on else coverage.end_on


def not_over_on(day: date) -> Q:
    """Coverages that are not over on `day`, suspended and future ones included."""
    return within_term(day) & ~Q(models.Exists(_absent(died_or_moved_by(day))))


def within_term(day: date) -> Q:
    """Coverages whose term and termination leave `day` or later days to them."""
    return Q(end_on__gte=day) & (Q(terminated_on=None) | Q(terminated_on__gt=day) & Q(terminated_on__gt=F("start_on")))


def died_or_moved_by(day: date) -> Q:
    """Residents who are gone on `day`."""
    return Q(died_on__lte=day) | Q(moved_out_on__lte=day)


def conditions(day: date, suspended: Q) -> Mapping[Status, Q]:
    """Status -> coverages that have it on `day`; each has exactly one. `suspended`: whether a suspension holds.

    Residents who aren't in the population are few and found through indexes, which is why they are asked for.
    """
    gone, not_yet = died_or_moved_by(day), Q(birth_date__gt=day) | Q(registered_on__gt=day)
    waiting = Q(start_on__gt=day) | Q(resident__in=Resident.objects.filter(not_yet).order_by())
    # Asked for one by one: each has an index of its own.
    present = ~Q(models.Exists(_absent(gone))) & ~Q(models.Exists(_absent(not_yet)))
    started = within_term(day) & Q(start_on__lte=day) & present
    return {
        Status.TO_START: not_over_on(day) & waiting,
        Status.IN_FORCE: started & ~suspended,
        Status.SUSPENDED: started & suspended,
        Status.EXPIRED: Q(end_on__lt=day) & _comes_before(_ENDINGS.values(), "end_on"),
        Status.TERMINATED: _NEVER_BEGAN | _ended_by(Status.TERMINATED, day),
        Status.DIED: _ended_by(Status.DIED, day) & ~_NEVER_BEGAN,
        Status.MOVED: _ended_by(Status.MOVED, day) & ~_NEVER_BEGAN,
    }


_NEVER_BEGAN = Q(terminated_on=F("start_on"))
# What ends a coverage before its term does; of two that fall on one day the one named first counts.
_ENDINGS = {
    Status.TERMINATED: "terminated_on",
    Status.DIED: "resident__died_on",
    Status.MOVED: "resident__moved_out_on",
}


def _ended_by(status: Status, day: date) -> Q:
    field, fields = _ENDINGS[status], list(_ENDINGS.values())
    place = fields.index(field)
    return (
        Q((f"{field}__lte", day), (f"{field}__lte", F("end_on")))
        & _comes_before(fields[:place], field)
        & _comes_before(fields[place + 1 :], field, or_with=True)
    )


def _comes_before(others: Iterable[str], field: str, *, or_with: bool = False) -> Q:
    """`field` comes before (or with) each of the others; an empty one never comes."""
    condition = Q()
    for other in others:
        condition &= Q((other, None)) | Q((f"{other}__{'gte' if or_with else 'gt'}", F(field)))
    return condition


def _absent(condition: Q) -> models.QuerySet[Resident]:
    """The coverage's resident when the condition holds."""
    return Resident.objects.filter(condition, pk=models.OuterRef("resident_id")).order_by()
