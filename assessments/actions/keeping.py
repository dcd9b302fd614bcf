"""Counting ahead: what the first page of a new revision, or of a new day, would have to wait for."""

from datetime import date

from django.db import connection, transaction

from assessments.figures import Tables
from assessments.models import Month, Revision, Scenario, Tally
from assessments.queries.answers import keep_answer, note_failure
from assessments.queries.breakdowns import count_ages
from assessments.queries.closing import OWN, count_own, findings_kept
from assessments.queries.holdings import holdings
from assessments.queries.late import is_touched, known_by_now, months_over
from assessments.queries.returns import FEES, count_fees
from assessments.queries.scenarios import answer, frozen_of, look
from teams.health import is_work_waiting

FROZEN_MONTHS = 12  # of which holdings are counted every night


def answer_ahead(*, scenario: Scenario) -> None:
    """Find out what a what-if comes to, unless that is kept; a failure is kept as well, and raised again."""
    frozen = frozen_of(scenario)
    if look(scenario, frozen) is not None:
        return
    try:
        found = answer(scenario, frozen)
    except Exception:  # whatever it was, the what-if's page says that it failed
        note_failure(scenario, frozen.revisions)
        raise
    keep_answer(scenario, frozen.revisions, found)


def hold_ahead() -> None:
    """Count what people hold in the last frozen months, so that a what-if needs only to be worked out."""
    if not is_work_waiting():
        rows = Revision.objects.filter(pk__in=Month.objects.values("current"), frozen_at__isnull=False)
        holdings(list(rows.order_by("-month__first_on")[:FROZEN_MONTHS]))


def count_ahead(*, revision: Revision) -> None:
    """Count what pages of a computed revision show besides its figures: fees, figures by sex and age, findings.

    The first two, and what findings are counted from, stay with the revision; they are counted when it has none.
    Findings follow from settings as well: they are kept in Redis, and while that is away nothing could be. A revision
    that was replaced meanwhile has no rows.
    """
    if not Revision.objects.filter(pk=revision.pk, status=Revision.Status.DONE).exists():
        return
    if not Tally.objects.filter(revision=revision, name=OWN).exists():
        _tally(revision)
        _index(revision)
    if revision.frozen_at is None and not is_work_waiting():
        findings_kept(revision)


def count_what_lacks(*, day: date) -> None:
    """The same for the months over that somebody may open next, where nothing was counted when they were computed."""
    for revision in months_over(day):
        for shown in {revision, revision.month.current}:
            if shown is not None:
                count_ahead(revision=shown)


def touched_months(*, day: date) -> list[Revision]:
    """The last computed revisions of months that are over about which something became known.

    Of the others it is noted that nothing did, so that the next time only what was entered later is looked at.
    """
    touched = []
    for revision in months_over(day):
        known_to = known_by_now()
        if is_touched(revision):
            touched.append(revision)
        else:
            Revision.objects.filter(pk=revision.pk).update(known_to=known_to)
    return touched


@transaction.atomic
def _tally(revision: Revision) -> None:
    tallies = {FEES: count_fees(revision), OWN: count_own(revision), **count_ages(revision)}
    Tally.objects.bulk_create(
        (Tally(revision=revision, name=name, counts=counts) for name, counts in tallies.items()), ignore_conflicts=True
    )


def _index(revision: Revision) -> None:
    """Let pages of one team find its rows, which are not counted ahead: by team, and by the villages that it serves."""
    tables = Tables(revision.pk)
    with connection.cursor() as cursor:
        for table, column in (
            (tables.residents, "village_id"),
            (tables.residents, "team_id"),
            (tables.coverages, "team_id"),
        ):
            cursor.execute(f"create index if not exists {table}_{column} on {table} ({column})")
