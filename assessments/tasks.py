"""Doorways of the worker to months and leads: ids in, one action out."""

from datetime import date

from celery import shared_task

from assessments.actions import cohorts, keeping, months, screening, voices
from assessments.calendar import CalendarMonth
from assessments.models import Revision, Scenario
from teams.clock import today


@shared_task
def compute_month(revision_id: int) -> None:
    """Compute a requested revision; when its month is being computed already, that run goes on alone."""
    revision = Revision.objects.select_related("month").get(pk=revision_id)
    if months.compute_revision(revision=revision):
        keeping.count_ahead(revision=revision)


@shared_task
def count_ahead(revision_id: int) -> None:
    """Count what pages of a revision show that a command has computed; whoever looks before waits for the count."""
    for revision in Revision.objects.filter(pk=revision_id):
        keeping.count_ahead(revision=revision)


@shared_task
def compute_last_month() -> None:
    """On the 1st: the month past, its last day being over."""
    _compute(CalendarMonth.of(today()).plus(-1).first)


@shared_task
def compute_running_month() -> None:
    """Every night: the running month as of today, provisional; what pages of the months before and what-ifs lack."""
    _compute(CalendarMonth.of(today()).first)
    keeping.count_what_lacks(day=today())
    keeping.hold_ahead()


@shared_task
def compute_touched_months() -> None:
    """Every night: past months about which facts arrived late; a frozen one gets a revision beside it."""
    for revision in keeping.touched_months(day=today()):
        _compute(revision.month.first_on)


@shared_task
def answer_scenario(scenario_id: int) -> None:
    """Find out what a what-if comes to, unless it is known or the what-if is gone."""
    for scenario in Scenario.objects.filter(pk=scenario_id).select_related("version"):
        keeping.answer_ahead(scenario=scenario)


@shared_task
def count_cohorts() -> None:
    """Every night: what became of those who signed."""
    cohorts.count_cohorts()


@shared_task
def resume_months() -> None:
    """Take up months that wait or whose worker was killed: nobody holds their lock."""
    waiting = Revision.objects.filter(status__in=[Revision.Status.QUEUED, Revision.Status.RUNNING])
    # A task each: one that fails does not keep the others waiting, and one that is sent twice finds nothing to do.
    for revision_id in waiting.order_by("requested_at").values_list("pk", flat=True):
        compute_month.delay(revision_id)


@shared_task
def screen_district() -> None:
    """Every night: look for signs of false signing."""
    screening.screen(screening_id=screening.request().pk)
    screening.forget_screenings()
    voices.forget_looks()


@shared_task
def run_screening(screening_id: int) -> None:
    """Look for signs of false signing because somebody asked on a page."""
    screening.screen(screening_id=screening_id)


@shared_task
def resume_screenings() -> None:
    """Take up screenings that wait (Redis was away) or whose worker was killed."""
    for screening_id in screening.waiting():
        screening.screen(screening_id=screening_id)


def _compute(first: date) -> None:
    keeping.count_ahead(revision=months.compute(month=first))
