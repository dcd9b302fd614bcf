"""Counting ahead: what the first page of a new revision, or of a new day, would have to wait for."""

from dataclasses import replace

from django.conf import settings
from django.utils.translation import override

from assessments.indicators import INDICATORS
from assessments.models import Month, Revision, Scenario
from assessments.queries.answers import keep_answer
from assessments.queries.breakdowns import by_sex_and_age, has_breakdown
from assessments.queries.closing import findings_kept
from assessments.queries.holdings import holdings
from assessments.queries.returns import fees_by_payer
from assessments.queries.scenarios import answer, frozen_of, look
from assessments.queries.units import of_district
from teams.health import is_work_waiting

FROZEN_MONTHS = 12  # of which holdings are counted every night


def answer_ahead(*, scenario: Scenario) -> None:
    """Find out what a what-if comes to, unless that is kept."""
    frozen = frozen_of(scenario)
    if look(scenario, frozen) is None:
        keep_answer(scenario, frozen.revisions, answer(scenario, frozen))


def hold_ahead() -> None:
    """Count what people hold in the last frozen months, so that a what-if needs only to be worked out."""
    if not is_work_waiting():
        rows = Revision.objects.filter(pk__in=Month.objects.values("current"), frozen_at__isnull=False)
        holdings(list(rows.order_by("-month__first_on")[:FROZEN_MONTHS]))


def count_ahead(*, month: Month) -> None:
    """Count for the district's pages of the month what `teams.kept` holds: fees, findings, figures by sex and age.

    A month without figures has nothing to be counted, and while Redis is away nothing could be kept.
    """
    selection = of_district(month)
    if selection is None or selection.revision is None or is_work_waiting():
        return
    fees_by_payer(selection.revision)
    if selection.revision.frozen_at is None:
        with override(settings.LANGUAGE_CODE):
            findings_kept(selection.revision)
    for indicator in filter(has_breakdown, INDICATORS):
        category = indicator.categories[0] if indicator.categories else "all"
        by_sex_and_age(replace(selection, category=category), indicator)
