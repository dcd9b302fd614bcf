"""`manage.py backup FILE`: the whole database in one file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from teams.actions.audit import record
from teams.backups import BackupError, connection_parameters, write_backup
from teams.imports.texts import both
from teams.models import AuditEvent
from teams.models.accounts import SYSTEM


class Command(BaseCommand):
    help = "Write the whole database to a file. The keys are not in it: keep them elsewhere (docs/operations.md)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        record(kind=AuditEvent.Kind.BACKUP, by=SYSTEM, what="backup")
        try:
            write_backup(options["file"], connection_parameters())
        except BackupError as error:
            raise CommandError(both(error.args[0])) from None
        size = options["file"].stat().st_size
        self.stdout.write(both(format_lazy(_("{file}: {size} bytes"), file=options["file"], size=f"{size:,}")))
