"""Writing down who was tried to reach, and follow-ups done without a service."""

from datetime import date

from django.db import transaction

from contracts.models import Attempt, Coverage, FollowUp
from contracts.rules import check_can_finish, check_can_try
from residents.models import Resident
from teams.clock import today
from teams.history import made_by
from teams.models import User

# What the data problems call a number that does not belong to the resident.
WRONG = "wrong_number"


@transaction.atomic
def try_to_reach(
    *,
    resident: Resident,
    channel: str,
    outcome: str,
    next_on: date | None = None,
    note: str = "",
    tried_on: date | None = None,
    by: User,
) -> Attempt:
    """Enter an attempt of today (or of `tried_on`) to reach a resident.

    A wrong number is marked on the resident's record. Raises RuleViolation: attempt.in_future, .no_day, .day_passed,
    .day_too_far.
    """
    day = tried_on or today()
    check_can_try(outcome=outcome, tried_on=day, next_on=next_on)
    covering = Coverage.objects.in_force_on(day).filter(resident=resident)
    with made_by(by, "contracts.try_to_reach"):
        made = Attempt.objects.create(
            resident=resident,
            team_id=covering.values_list("contract__team", flat=True).first(),
            tried_on=day,
            by=by,
            channel=channel,
            outcome=outcome,
            next_on=next_on if outcome in Attempt.WITH_DAY else None,
            note=note,
        )
        if outcome == Attempt.Outcome.WRONG_NUMBER:
            locked = Resident.objects.select_for_update(no_key=True).get(pk=resident.pk)
            locked.phone_problem = WRONG
            locked.save(update_fields=["phone_problem"])
    return made


@transaction.atomic
def finish_follow_up(*, task: FollowUp, note: str, by: User) -> FollowUp:
    """Close a follow-up that needed no service, in the account's name. Raises follow_up.done, follow_up.no_note."""
    with made_by(by, "contracts.finish_follow_up"):
        task = FollowUp.objects.select_for_update().get(pk=task.pk)
        check_can_finish(task, note=note)
        task.done_on, task.done_by, task.done_note = today(), str(by), note
        task.save(update_fields=["done_on", "done_by", "done_note"])
    return task
