"""`compute_kpis --month 2018-10`: the same code as the monthly task."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from assessments import tasks
from assessments.actions import freezing, months
from assessments.calendar import CalendarMonth
from assessments.models import Revision
from assessments.rules.months import BrokenInvariant
from teams.cells import CellError, parse_date
from teams.imports.texts import both
from teams.models.accounts import SYSTEM
from teams.queue import enqueue
from teams.rules import RuleViolation


class Command(BaseCommand):
    help = "Compute the figures of a month (or of several that end with it)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--month", required=True, help="the month, like 2018-10")
        parser.add_argument("--as-of", help="the report date within the month, like 2018-10-20")
        parser.add_argument("--months", type=int, default=1, help="how many months, ending with --month")
        parser.add_argument("--settings-of", help="a day whose settings and definitions a frozen month is tried with")
        parser.add_argument("--freeze", action="store_true", help="freeze what was computed, of months not frozen yet")

    def handle(self, **options: Any) -> None:
        if options["months"] < 1:
            raise CommandError(both(_("The number of months must be at least 1.")))
        try:
            last = CalendarMonth.parse(options["month"])
            as_of, settings_on = _day(options["as_of"]), _day(options["settings_of"])
            for back in range(options["months"] - 1, -1, -1):
                self._compute(last.plus(-back), as_of if back == 0 else None, settings_on, options["freeze"])
        except (RuleViolation, CellError) as refusal:
            raise CommandError(both(refusal.message)) from None
        except BrokenInvariant as defect:
            told = format_lazy(_("The figures contradict themselves, so the old ones stay: {why}"), why=str(defect))
            raise CommandError(both(told)) from None

    def _compute(self, month: CalendarMonth, as_of: date | None, settings_on: date | None, freeze: bool) -> None:
        revision = months.compute(month=month.first, as_of=as_of, settings_on=settings_on, by=SYSTEM)
        # Of a month frozen before, what was computed stands beside; the same command twice is no mistake.
        before = Revision.objects.filter(month=revision.month_id, frozen_at__isnull=False).first()
        if freeze and (before is None or revision.is_provisional):
            revision = freezing.freeze(revision=revision, by=SYSTEM, explanation=str(_("Frozen on the command line.")))
        enqueue(tasks.count_ahead, revision.pk)
        state = _("provisional") if revision.is_provisional else (_("frozen") if revision.frozen_at else _("complete"))
        if before is not None:
            state = format_lazy(_("{state}; r{number} stays frozen"), state=state, number=before.number)
        self.stdout.write(f"{month} r{revision.number} {revision.as_of} {both(state)}")


def _day(typed: str | None) -> date | None:
    return parse_date(typed) if typed is not None else None
