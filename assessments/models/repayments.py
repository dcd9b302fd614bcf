"""Money that units pay back after a settlement: an entry each time some of it came in."""

from typing import TYPE_CHECKING

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments.models.runs import Line

if TYPE_CHECKING:
    from teams.models import User
    from teams.models.accounts import SystemAccount

# What came in of a line lies between nothing and what its payees owe by an approved round (`LineQuerySet.with_debts`).
WITHIN_DEBT = """
    if not exists (
        select from assessments_line line join assessments_round allocated on allocated.id = line.round_id
        where line.id = NEW.line_id and allocated.state in ('approved', 'paid')
            and (select sum(amount) from assessments_repayment where line_id = line.id) between 0 and
                - least(line.unit_amount, 0) - least(line.unshared, 0)
                - coalesce((select sum(amount) from assessments_share where line_id = line.id and amount < 0), 0)
    ) then raise exception 'more than is owed' using errcode = 'restrict_violation'; end if;
    return null;
"""


class RepaymentQuerySet(models.QuerySet):
    """Repayments by what an account may see."""

    def visible_to(self, user: "User | SystemAccount") -> "RepaymentQuerySet":
        """Those of lines that the account sees."""
        return self.filter(line__in=Line.objects.visible_to(user))


class Repayment(models.Model):
    """Money that a unit paid back; below zero it corrects an earlier entry. Never changed."""

    line = models.ForeignKey(Line, models.PROTECT, related_name="repayments")
    amount = models.DecimalField(_("amount"), max_digits=16, decimal_places=2)
    received_on = models.DateField(_("received on"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    entered_at = models.DateTimeField(auto_now_add=True)
    entered_by = models.CharField(max_length=150)

    objects = RepaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("repayment")
        ordering = ("received_on", "id")
        constraints = (models.CheckConstraint(name="assessments_repayment_something", condition=~Q(amount=0)),)
        triggers = (
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(name="within_debt", when=pgtrigger.After, operation=pgtrigger.Insert, func=WITHIN_DEBT),
        )

    def __str__(self) -> str:
        return f"{self.line_id} {self.amount}"
