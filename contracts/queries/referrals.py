"""Referrals as lists: what waits for an answer, what is under way, what is over."""

from datetime import date
from enum import StrEnum

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from contracts.models import Referral, SlotQuota
from teams.models import User

Status = Referral.Status


class Stage(StrEnum):
    """Where referrals stand."""

    WAITING = "waiting"
    OVERDUE = "overdue"
    UNDER_WAY = "under_way"
    RETURNED = "returned"
    OVER = "over"


STAGE_NAMES = {
    Stage.WAITING: _("Wait for an answer"),
    Stage.OVERDUE: _("Answer overdue"),
    Stage.UNDER_WAY: _("Under way"),
    Stage.RETURNED: _("Result to act on"),
    Stage.OVER: _("Over"),
}
_WAITING = Q(status__in=(Status.REQUESTED, Status.OFFERED))
_ACCEPTED_UP = Q(status__in=(Status.ACCEPTED, Status.SEEN), direction=Referral.Direction.UP)
_TO_ACT_ON = Q(status=Status.RETURNED) | Q(status=Status.ACCEPTED, direction=Referral.Direction.DOWN)


def _conditions(day: date) -> dict[Stage, Q]:
    return {
        Stage.WAITING: _WAITING,
        Stage.OVERDUE: _WAITING & Q(answer_due_on__lt=day),
        Stage.UNDER_WAY: _ACCEPTED_UP,
        Stage.RETURNED: _TO_ACT_ON,
        Stage.OVER: Q(status__in=(Status.DECLINED, Status.WITHDRAWN, Status.CLOSED)),
    }


def stage_counts(user: User, day: date) -> dict[Stage, int]:
    """How many referrals the account sees in each stage. One query."""
    sums = {stage.value: Count("pk", filter=condition) for stage, condition in _conditions(day).items()}
    found = Referral.objects.visible_to(user).aggregate(**sums)
    return {stage: found[stage.value] for stage in Stage}


def referrals(user: User, stage: Stage, day: date, direction: str = "") -> QuerySet[Referral]:
    """Those of a stage, the most pressing first: by priority and the day on which the answer is due."""
    priorities = {Referral.Priority.EMERGENCY: 0, Referral.Priority.URGENT: 1, Referral.Priority.ROUTINE: 2}
    rank = Case(
        *(When(priority=priority, then=Value(place)) for priority, place in priorities.items()),
        output_field=IntegerField(),
    )
    rows = Referral.objects.visible_to(user).filter(_conditions(day)[stage])
    if direction in Referral.Direction.values:
        rows = rows.filter(direction=direction)
    order = ("-made_on", "-pk") if stage is Stage.OVER else (rank, "answer_due_on", "pk")
    return rows.select_related("resident", "team", "hospital", "slot").order_by(*order)


def to_answer(user: User) -> QuerySet[Referral]:
    """Those whose answer is for the account to give: requests to its hospital, offers to its teams; first due first."""
    scope, hospital = user.scope, Q(hospital_id=user.institution_id)
    asked = Q(status=Status.REQUESTED) & (scope.where("hospital_id") | hospital)
    offered = Q(status=Status.OFFERED) & scope.where_team("team_id", "team__institution_id")
    return Referral.objects.visible_to(user).filter(asked | offered).order_by("answer_due_on", "pk")


def slots(user: User, day: date) -> QuerySet[SlotQuota]:
    """What hospitals keep for family doctors from the day on."""
    return SlotQuota.objects.visible_to(user).filter(day__gte=day).select_related("hospital")
