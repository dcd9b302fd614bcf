"""`manage.py api_key NAME --account USERNAME`: a key for another program; `--revoke` ends it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext_lazy as _

from teams.actions.tokens import create_token, revoke_token
from teams.imports.texts import both
from teams.models import User
from teams.models.accounts import SYSTEM
from teams.rules import RuleViolation


class Command(BaseCommand):
    help = "Make a key with which another program acts as an account, and print it once; or revoke it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="what the key is for: the till of the district hospital")
        parser.add_argument("--account", metavar="USERNAME", help="as whom it acts")
        parser.add_argument("--revoke", action="store_true", help="end the key of that name")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["revoke"]:
                revoke_token(name=options["name"], by=SYSTEM)
            else:
                user = User.objects.get(username=options["account"])
                self.stdout.write(create_token(user=user, name=options["name"], by=SYSTEM))
        except User.DoesNotExist:
            raise CommandError(both(_("There is no account with this name: use --account USERNAME."))) from None
        except RuleViolation as refusal:
            raise CommandError(both(refusal.message)) from None
