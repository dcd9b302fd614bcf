"""Rules about samples, calls and what residents say: who may, in which order, and who calls second."""

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from assessments.models import Check, Sampled, Voice
from assessments.sampling import Z
from teams.models import User
from teams.models.accounts import SystemAccount
from teams.permissions import Permission, has_permission
from teams.rules import RuleViolation

TRIES = 3
FIRST, SECOND = 1, 2


def check_can_draw(confidence: int, by: User | SystemAccount) -> None:
    """Raises RuleViolation: sample.not_allowed, .confidence."""
    if not (has_permission(by, Permission.SUPERVISION_EDIT) and by.scope.is_district):
        raise RuleViolation("sample.not_allowed", _("Only officials of the bureau draw samples and call."))
    if confidence not in Z:
        raise RuleViolation("sample.confidence", _("Choose a confidence of 90, 95 or 99 %."))


def turn_of(sampled: Sampled) -> int | None:
    """Which call comes next: 1, 2 for those who are called again, None when nothing is left."""
    done = sampled.checks.count()
    return done + 1 if done < (2 if sampled.is_second else 1) else None


def made_first_call(sampled: Sampled, by: User) -> bool:
    """Whether the account called the person first, so that somebody else makes the second call."""
    return sampled.checks.filter(turn=FIRST, by=by.pk).exists()


def check_can_note(sampled: Sampled, turn: int, result: str, rating: int | None, by: User) -> None:
    """Raises RuleViolation: sample.not_allowed, call.turn, .same_person, .held, .no_talk."""
    check_can_draw(95, by)
    if turn_of(sampled) != turn:
        last = sampled.checks.order_by("-pk").first()
        said = {"name": last.name if last else "—", "day": f"{last.on:%Y-%m-%d}" if last else "—"}
        raise RuleViolation("call.turn", format_lazy(_("{name} has noted this call already, on {day}."), **said))
    if turn == SECOND and made_first_call(sampled, by):
        raise RuleViolation("call.same_person", _("You made the first call. Somebody else makes the second."))
    if sampled.held_by_id not in (None, by.pk) and sampled.held_until and sampled.held_until > timezone.now():
        raise RuleViolation("call.held", _("A colleague is calling this person. Take the next one."))
    if rating is not None and result not in Check.TALKED:
        raise RuleViolation("call.no_talk", _("Whoever was not reached cannot have answered."))


def is_to_be_tried_again(sampled: Sampled, turn: int, result: str) -> bool:
    """Whether the result does not stand yet: three tries in different halves of days are needed.

    `sampled.tries` holds this one already.
    """
    if result not in Check.TRIED_AGAIN:
        return False
    return len({(each["on"], each["half"]) for each in sampled.tries if each["turn"] == turn}) < TRIES


def check_can_answer(voice: Voice, text: str, by: User) -> None:
    """Raises RuleViolation: voice.not_allowed, .answered, .empty."""
    if not (has_permission(by, Permission.RECTIFICATION_EDIT) or has_permission(by, Permission.SUPERVISION_EDIT)):
        raise RuleViolation("voice.not_allowed", _("Only the institution or the bureau answers."))
    if voice.answer:
        said = {"name": voice.answered_by, "day": f"{voice.answered_on:%Y-%m-%d}"}
        raise RuleViolation("voice.answered", format_lazy(_("{name} answered on {day} already."), **said))
    if len(text.strip()) < 4:
        raise RuleViolation("voice.empty", _("Say what was done about it."))
