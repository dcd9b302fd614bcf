"""Publishing results for residents, and taking them down."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from assessments.models import Cycle, Month, Publication, UnitKind
from assessments.queries.publications import content_of
from assessments.rules.publications import check_can_publish, check_can_withdraw
from teams.history import made_by
from teams.models import User
from teams.models.accounts import SystemAccount


@transaction.atomic
def publish(
    *,
    first_on: date,
    how_to_sign: str,
    by: User | SystemAccount,
    institution_cycle: Cycle | None = None,
    team_cycle: Cycle | None = None,
) -> Publication:
    """Show residents the figures of a frozen month, with the centres' and the teams' grades of published cycles; the
    earlier publication gives way.

    Raises RuleViolation: publication.not_allowed, .not_frozen, .other_units, .not_published, .how.
    """
    with made_by(by, "assessments.publish_results"):
        month = Month.objects.select_related("current").filter(first_on=first_on).first()
        cycles = {UnitKind.INSTITUTION: institution_cycle, UnitKind.TEAM: team_cycle}
        check_can_publish(month, cycles, how_to_sign, by)
        assert month
        return Publication.objects.create(
            first_on=first_on,
            institution_cycle=institution_cycle,
            team_cycle=team_cycle,
            content=content_of(month, cycles, how_to_sign.strip()),
            published_by=str(by),
        )


@transaction.atomic
def withdraw(*, by: User | SystemAccount) -> int:
    """Show residents nothing; how many publications were taken down. Raises RuleViolation: publication.not_allowed."""
    with made_by(by, "assessments.withdraw_results"):
        check_can_withdraw(by)
        return Publication.objects.shown().update(withdrawn_at=timezone.now(), withdrawn_by=str(by))
