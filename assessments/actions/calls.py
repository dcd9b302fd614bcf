"""Calling the people of a sample: taking the next one, noting what came of it, and what it means for the figures."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from assessments.models import Check, PhoneCheck, Sample, Sampled, SurveyAnswer
from assessments.queries.samples import second_calls
from assessments.rules.samples import FIRST, SECOND, check_can_note, is_to_be_tried_again
from teams.clock import today
from teams.history import made_by
from teams.models import User

HELD = timedelta(minutes=20)
NOON, EVENING = 12, 18
Outcome, Result = PhoneCheck.Outcome, Check.Result
# What a result is among the outcomes that figures count (docs/rules.md 3).
OUTCOMES = {
    Result.TRUE: Outcome.RESIDENT,
    Result.DENIED: Outcome.RESIDENT,
    Result.UNAWARE: Outcome.RESIDENT,
    Result.BARRIER: Outcome.RESIDENT,
    Result.FAMILY: Outcome.FAMILY,
    Result.STRANGER: Outcome.STRANGER,
    Result.EMPTY: Outcome.EMPTY,
    Result.SUSPENDED: Outcome.OFF,
    Result.OFF: Outcome.OFF,
    Result.NO_ANSWER: Outcome.NO_ANSWER,
    Result.REFUSED: Outcome.REFUSED,
}


@transaction.atomic
def take_next(*, sample: Sample, by: User, turn: int = FIRST) -> Sampled | None:
    """The next person to call, held for the caller for a while; None when nobody is left for them.

    Calls of the turn come first, then those of the other. Of them those never tried, then those tried least. Two
    callers never get the same person.
    """
    found = _free(sample, by, turn) or _free(sample, by, SECOND if turn == FIRST else FIRST)
    if found:
        Sampled.objects.filter(pk=found.pk).update(held_by=by, held_until=timezone.now() + HELD)
    return found


def _free(sample: Sample, by: User, turn: int) -> Sampled | None:
    """A second call need not wait for another part of the day: only tries of its own turn count."""
    people = sample.people.all()
    ids = people.filter(checks=None) if turn == FIRST else second_calls(people).exclude(checks__by=by)
    free = Q(held_until=None) | Q(held_until__lte=timezone.now()) | Q(held_by=by)
    tried = {"on": f"{today()}", "half": half(), "turn": turn}
    waiting = Sampled.objects.filter(free, Q(pk__in=ids)).exclude(tries__contains=[tried])
    chosen = waiting.select_for_update(skip_locked=True).order_by(F("held_by").asc(nulls_last=True), "tries", "place")
    return chosen.first()


@transaction.atomic
def note(
    *,
    sampled: Sampled,
    turn: int,
    result: str,
    knows_team: bool = False,
    received: str = "",
    rating: int | None = None,
    remark: str = "",
    by: User,
) -> Check | None:
    """Note a call or visit; None while it is to be tried again. The first one feeds the figures.

    Raises RuleViolation as `check_can_note`.
    """
    sampled = Sampled.objects.select_for_update().select_related("sample").get(pk=sampled.pk)
    check_can_note(sampled, turn, result, rating, by)
    sampled.held_by, sampled.held_until = None, None
    sampled.tries = [*sampled.tries, {"on": f"{today()}", "half": half(), "result": result, "by": by.pk, "turn": turn}]
    sampled.save(update_fields=["held_by", "held_until", "tries"])
    if is_to_be_tried_again(sampled, turn, result):
        return None
    talked = result in Check.TALKED
    with made_by(by, "assessments.note_call"):
        made = sampled.checks.create(
            turn=turn,
            result=result,
            knows_team=talked and knows_team,
            received=received if talked else "",
            rating=rating if talked else None,
            note=remark.strip(),
            on=today(),
            by=by,
            name=by.get_full_name() or by.username,
        )
        if turn == FIRST:
            _feed(made, sampled)
    return made


def half() -> str:
    """Which part of the day it is: tries in one part count once."""
    hour = timezone.localtime().hour
    return "am" if hour < NOON else "pm" if hour < EVENING else "evening"


def _feed(check: Check, sampled: Sampled) -> None:
    """Awareness, satisfaction and valid numbers count the first call; a visit tells nothing about the number."""
    if sampled.sample.kind == Sample.Kind.PHONE:
        outcome = OUTCOMES[Result(check.result)]
        PhoneCheck.objects.create(
            resident_id=sampled.resident_id,
            called_on=check.on,
            outcome=outcome,
            # Who denies having signed may know the doctor, but not that they are signed with the team.
            knows_team=check.knows_team and check.result in Check.CONFIRMING,
        )
    if check.rating:
        source = SurveyAnswer.Source.CALL if sampled.sample.kind == Sample.Kind.PHONE else SurveyAnswer.Source.VISIT
        SurveyAnswer.objects.create(
            resident_id=sampled.resident_id, answered_on=check.on, rating=check.rating, source=source
        )
