"""`manage.py verify_audit`: is the audit trail whole?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from teams.actions.audit import verify_chain
from teams.imports.texts import both
from teams.models import AuditEvent


class Command(BaseCommand):
    help = "Check the audit trail's chain and print its head, to be noted outside and given as --head another day."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--head", metavar="SHA256", help="a head printed earlier: it must still be in the chain")

    def handle(self, *args: Any, **options: Any) -> None:
        broken = verify_chain()
        if broken is not None:
            told = _("Line {id} does not follow from the one before: a line was changed or removed.")
            raise CommandError(both(format_lazy(told, id=broken)))
        if options["head"] and not AuditEvent.objects.filter(sha256=options["head"]).exists():
            raise CommandError(both(_("The head noted earlier is gone: lines were cut off at the end.")))
        last = AuditEvent.objects.order_by("-id").first()
        head = last.sha256 if last else "-"
        told = _("Lines: {count}, whole. Head: {head}")
        self.stdout.write(both(format_lazy(told, count=AuditEvent.objects.count(), head=head)))
