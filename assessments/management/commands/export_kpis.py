"""`export_kpis --month 2018-10 --out kpis.csv`: the month's figures as a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from assessments.calendar import CalendarMonth
from assessments.exports import write_kpis
from teams.imports.texts import both
from teams.rules import RuleViolation


class Command(BaseCommand):
    help = "Write the figures of a computed month to a .csv or .xlsx file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--month", required=True, help="the month, like 2018-10")
        parser.add_argument("--out", required=True, type=Path, help="the file; its ending tells the format")

    def handle(self, *, month: str, out: Path, **_options: Any) -> None:
        if out.suffix.lower() not in {".csv", ".xlsx"}:
            raise CommandError(both(format_lazy(_("{file}: the ending must be .csv or .xlsx."), file=out)))
        try:
            lines = write_kpis(CalendarMonth.parse(month), out)
        except RuleViolation as refusal:
            raise CommandError(both(refusal.message)) from None
        except OSError as failure:
            # Of the file that was asked for, whatever the name under which it was being written.
            told = format_lazy(_("{file} cannot be written: {why}"), file=out, why=failure.strerror)
            raise CommandError(both(told)) from None
        self.stdout.write(f"{out}: {lines}")
