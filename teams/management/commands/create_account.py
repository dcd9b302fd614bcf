"""`manage.py create_account NAME --role administrator`: the first account, and any other."""

import getpass
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from teams.actions.accounts import create_account
from teams.imports.texts import both
from teams.models import Institution, Role, Staff
from teams.models.accounts import SYSTEM
from teams.rules import RuleViolation


class Command(BaseCommand):
    help = "Make an account. The password is asked for, or read from standard input with --password-stdin."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--role", action="append", required=True, choices=Role.values, help="may be repeated")
        parser.add_argument("--institution", metavar="CODE", help="institution code; without it: the bureau")
        parser.add_argument("--staff", metavar="NUMBER", help="staff number; a doctor needs one")
        parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user = create_account(
                username=options["username"],
                password=_password(from_stdin=options["password_stdin"]),
                institution=Institution.objects.get(code=options["institution"]) if options["institution"] else None,
                staff=Staff.objects.get(staff_no=options["staff"]) if options["staff"] else None,
                roles=[Role(role) for role in options["role"]],
                by=SYSTEM,
            )
        except Institution.DoesNotExist:
            told = format_lazy(_("There is no institution with the code {code}."), code=options["institution"])
            raise CommandError(both(told)) from None
        except Staff.DoesNotExist:
            told = format_lazy(_("There is no staff member with the number {number}."), number=options["staff"])
            raise CommandError(both(told)) from None
        except RuleViolation as refusal:
            raise CommandError(both(refusal.message)) from None
        self.stdout.write(f"{user.username}: {', '.join(user.roles)}")


def _password(*, from_stdin: bool) -> str:
    """The password, never from the command line, which other users of the machine can read."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    if not sys.stdin.isatty():
        raise CommandError(both(_("There is no terminal to ask for the password: use --password-stdin.")))
    password = getpass.getpass(both(_("Password: ")))
    if getpass.getpass(both(_("Password (again): "))) != password:
        raise CommandError(both(_("The passwords differ.")))
    return password
