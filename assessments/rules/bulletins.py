"""When a bulletin may be made, edited and issued."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from assessments.models import Bulletin, Month
from teams.models import User
from teams.models.accounts import SystemAccount
from teams.permissions import Permission, has_permission
from teams.rules import RuleViolation


def check_can_edit(by: User | SystemAccount) -> None:
    """Raises RuleViolation `bulletin.not_allowed`."""
    if not has_permission(by, Permission.SUPERVISION_EDIT):
        raise RuleViolation("bulletin.not_allowed", _("Your account may not write bulletins."))


def check_has_figures(month: Month | None) -> None:
    """Raises RuleViolation `bulletin.no_month`."""
    if month is None or month.current is None:
        raise RuleViolation("bulletin.no_month", _("This month has not been computed yet."))


def check_is_draft(bulletin: Bulletin) -> None:
    """What was issued stays. Raises RuleViolation `bulletin.issued`."""
    if bulletin.status != Bulletin.Status.DRAFT:
        message = _("{who} issued it on {day} as {number}. What was issued never changes.")
        raise RuleViolation(
            "bulletin.issued",
            format_lazy(message, who=bulletin.issued_by, day=bulletin.issued_on, number=bulletin.document_number),
        )


def check_is_what_was_shown(present: str, shown: str) -> None:
    """Raises RuleViolation `bulletin.changed`."""
    if present != shown:
        raise RuleViolation(
            "bulletin.changed", _("Somebody changed the bulletin since you opened it. Read it again, then issue it.")
        )


def check_prefix(prefix: str) -> None:
    """Raises RuleViolation `bulletin.no_prefix`."""
    if not prefix.strip():
        raise RuleViolation("bulletin.no_prefix", _("Enter the letters before the number, such as 泉卫通."))
