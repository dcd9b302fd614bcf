"""`python manage.py import_data KIND FILE [--json]` (docs/formats.md, commands)."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from teams.actions.imports import load_file
from teams.imports import find_kind
from teams.imports.rows import Totals
from teams.imports.texts import both
from teams.models.accounts import SYSTEM
from teams.rules import RuleViolation
from teams.sheets import SheetError


class Command(BaseCommand):
    help = "Puts the good rows of a spreadsheet file in and writes the refused ones, with reasons, to a file beside it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", help="divisions, institutions, residents, contracts … (docs/formats.md)")
        parser.add_argument("file", type=Path, help="a .csv, .xlsx, .xls or .ods file")
        parser.add_argument("--json", action="store_true", help="print the totals as one line of JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            totals, rejects = load_file(path=options["file"], kind=find_kind(options["kind"]), by=SYSTEM)
        except (RuleViolation, SheetError) as error:
            raise CommandError(both(error.message)) from None
        self.stdout.write(_as_json(totals, rejects) if options["json"] else _as_text(totals, rejects))


def _as_json(totals: Totals, rejects: Path | None) -> str:
    names = ("rows", "created", "updated", "unchanged", "rejected")
    counts = {name: getattr(totals, name) for name in names}
    return json.dumps(counts | {"rejects_file": str(rejects) if rejects else None}, ensure_ascii=False)


def _as_text(totals: Totals, rejects: Path | None) -> str:
    message = _("Rows: {rows} ({created} created, {updated} updated, {unchanged} unchanged, {rejected} rejected).")
    line = format_lazy(
        message,
        rows=totals.rows,
        created=totals.created,
        updated=totals.updated,
        unchanged=totals.unchanged,
        rejected=totals.rejected,
    )
    if rejects is None:
        return both(line)
    where = format_lazy(_("Rejected rows, with reasons: {path}"), path=rejects)
    return "\n".join((both(line), both(where)))
