"""Entering what units pay back after a settlement."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from assessments.models import Line, Repayment, Round
from assessments.rules.money import Account, check_can_edit, check_can_receive
from teams.history import made_by


@transaction.atomic
def enter_repayment(*, line: Line, amount: Decimal, received_on: date, note: str, by: Account) -> Repayment:
    """Enter what a unit paid back; below zero an earlier entry is corrected.

    Raises RuleViolation: money.not_allowed; repayment.open, .amount, .note, .in_future.
    """
    with made_by(by, "assessments.enter_repayment"):
        check_can_edit(by)
        row = Round.objects.select_for_update(no_key=True).get(pk=line.round_id)  # one entry after the other
        line = Line.objects.with_debts().get(pk=line.pk)
        check_can_receive(row, line, amount, received_on, note)
        return Repayment.objects.create(
            line=line, amount=amount, received_on=received_on, note=note.strip(), entered_by=str(by)
        )
