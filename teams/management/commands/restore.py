"""`manage.py restore FILE`: the database as a backup holds it."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from teams import backups
from teams.actions.audit import record
from teams.imports.texts import both
from teams.models import AuditEvent
from teams.models.accounts import SYSTEM


class Command(BaseCommand):
    help = "Fill the database from a backup. Refused while it holds tables, unless --replace says to remove them first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="remove what the database holds now")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._make_room(replace=options["replace"], file=options["file"])
            backups.read_backup(options["file"], backups.connection_parameters())
        except backups.BackupError as error:
            raise CommandError(both(error.args[0])) from None
        record(kind=AuditEvent.Kind.BACKUP, by=SYSTEM, what="restore")
        told = _("Restored from {file}. If this version is newer, run `manage.py migrate`.")
        self.stdout.write(both(format_lazy(told, file=options["file"])))

    def _make_room(self, *, replace: bool, file: Path) -> None:
        if backups.is_empty():
            return
        if not replace:
            raise CommandError(both(_("The database holds tables. Restore into an empty one, or add --replace.")))
        if not file.is_file():
            raise CommandError(both(format_lazy(_("There is no file {file}."), file=file)))
        backups.empty()
