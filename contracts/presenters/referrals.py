"""Referrals in words: the person with only what the other side needs, the state, and the steps that are offered."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import Count, F, QuerySet, Window
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts.models import Referral, Service
from contracts.presenters import due as words
from contracts.presenters.today import Card, CardLine
from contracts.queries.referrals import to_answer
from contracts.referral_states import Status, steps_from
from contracts.referring import sides_of
from teams.models import User

TOLD = 5
# What a step is called on its button; those that need words say so on the form.
STEP_NAMES = {
    Status.ACCEPTED: _("Accept"),
    Status.DECLINED: _("Decline"),
    Status.WITHDRAWN: _("Withdraw"),
    Status.SEEN: _("The person was here"),
    Status.RETURNED: _("Return the result"),
    Status.CLOSED: _("Followed up: close"),
}
TONES = {
    Status.REQUESTED: "warn",
    Status.OFFERED: "warn",
    Status.ACCEPTED: "info",
    Status.SEEN: "info",
    Status.RETURNED: "warn",
    Status.CLOSED: "good",
}


def rows(referrals: Iterable[Referral], day: date) -> list[dict[str, Any]]:
    """Dicts of the list: referral, age, id_masked, tone, is_overdue."""
    return [
        {
            "referral": referral,
            "tone": TONES.get(Status(referral.status), ""),
            "is_overdue": is_overdue(referral, day),
            **words.person(referral.resident, day),
        }
        for referral in referrals
    ]


def is_overdue(referral: Referral, day: date) -> bool:
    """Whether the answer is late."""
    return referral.status in (Status.REQUESTED, Status.OFFERED) and referral.answer_due_on < day


def steps(referral: Referral, user: User) -> list[dict[str, Any]]:
    """The steps that the account may take now: dict to, name, needs_words, makes_appointment, is_main."""
    sides = sides_of(user, referral)
    return [
        {
            "to": step.to.value,
            "name": STEP_NAMES[step.to],
            "needs_words": step.to in (Status.DECLINED, Status.WITHDRAWN, Status.RETURNED, Status.CLOSED),
            "makes_appointment": step.to == Status.ACCEPTED and referral.direction == Referral.Direction.UP,
            "is_main": step.to not in (Status.DECLINED, Status.WITHDRAWN),
        }
        for step in steps_from(referral)
        if step.side in sides
    ]


def reason_of(service: Service) -> str:
    """What a referral after a critical reading begins with."""
    pressure = f"{service.systolic}/{service.diastolic} mmHg" if service.systolic else ""
    glucose = f"{service.fasting_glucose} mmol/L" if service.fasting_glucose is not None else ""
    taken = ", ".join(filter(None, (pressure, glucose)))
    return f"{service.item.name} {service.performed_on:%Y-%m-%d}: {taken}"


def _rows_to_answer(user: User, _day: date) -> QuerySet[Any] | None:
    """The first referrals that wait for the account's answer; the bureau answers none."""
    if user.scope.is_district:
        return None
    rows = to_answer(user).annotate(name=F("resident__name"), total=Window(Count("pk")))
    return rows.values("pk", "name", "reason", "answer_due_on", "total")[:TOLD]


def _lines_to_answer(rows: Sequence[dict[str, Any]], day: date) -> list[CardLine]:
    lines = [_line_to_answer(row, day) for row in rows]
    if rows[0]["total"] > len(rows):
        said = gettext("All that wait for an answer: %(count)s") % {"count": rows[0]["total"]}
        lines.append(
            CardLine(said, "", f"{reverse('contracts:referral_list')}?stage=waiting", gettext("Open the list"))
        )
    return lines


def _line_to_answer(row: dict[str, Any], day: date) -> CardLine:
    due = {"day": row["answer_due_on"]}
    is_late = date.fromisoformat(row["answer_due_on"]) < day
    chip = ("bad", gettext("overdue since %(day)s") % due) if is_late else ("warn", gettext("by %(day)s") % due)
    page = reverse("contracts:referral_detail", args=[row["pk"]])
    return CardLine(row["name"], row["reason"], page, gettext("Answer"), chip)


TO_ANSWER = Card("referrals", _("Referrals to answer"), _rows_to_answer, _lines_to_answer)
