"""Money that comes in: what payers owe for a frozen month, what they transferred, the year's public health fund."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from assessments.models import HealthFund, Revision, Transfer
from assessments.queries.plans import whole_tables
from assessments.rules.money import Account, check_can_edit
from teams.clock import today
from teams.history import made_by
from teams.rules import RuleViolation

DUES = (Path(__file__).parents[1] / "sql" / "dues.sql").read_text()


def keep_dues(*, revision: Revision) -> None:
    """Keep what each payer owes for a month that is being frozen; charges that change later leave it alone."""
    with whole_tables() as cursor:
        cursor.execute(DUES, {"revision": revision.pk})


@transaction.atomic
def enter_transfer(
    *, payer: str, from_month: date, to_month: date, amount: Decimal, transferred_on: date, note: str, by: Account
) -> Transfer:
    """Enter what a payer transferred for some months; below zero it was paid back.

    Raises RuleViolation: money.not_allowed; transfer.amount, .months, .in_future.
    """
    with made_by(by, "assessments.enter_transfer"):
        check_can_edit(by)
        if not amount:
            raise RuleViolation("transfer.amount", _("Enter the amount that was transferred."))
        if to_month < from_month:
            raise RuleViolation("transfer.months", _("The last month lies before the first one."))
        if transferred_on > today():
            raise RuleViolation("transfer.in_future", _("The day lies in the future."))
        return Transfer.objects.create(
            payer=payer,
            from_month=from_month,
            to_month=to_month,
            amount=amount,
            transferred_on=transferred_on,
            note=note.strip(),
            entered_by=str(by),
        )


@transaction.atomic
def set_health_fund(*, year: int, amount: Decimal, by: Account) -> HealthFund:
    """Enter the basic public health fund of a year. Raises RuleViolation: money.not_allowed, transfer.amount."""
    with made_by(by, "assessments.set_health_fund"):
        check_can_edit(by)
        if amount <= 0:
            raise RuleViolation("transfer.amount", _("An amount is above zero."))
        return HealthFund.objects.update_or_create(year=year, defaults={"amount": amount})[0]
