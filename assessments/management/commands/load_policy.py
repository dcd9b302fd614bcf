"""`manage.py load_policy yueyang`: terms, team rules, catalogue, payers, targets and rubric of a place."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from assessments.actions.policies import load
from assessments.policy_files import policies, read_policy
from teams.rules import RuleViolation


class Command(BaseCommand):
    help = "Set the district's terms, team rules, catalogue, payers, targets and rubric from a place's policy file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="one of: " + ", ".join(policies()) + "; or a .toml file of your own")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            policy = read_policy(options["name"])
            changed = load(policy=policy)
        except RuleViolation as refusal:
            raise CommandError(str(refusal)) from None
        if not any(changed.values()):
            self.stdout.write(_("{name}: nothing to change.").format(name=policy.name))
            return
        told = _(
            "{name} changed: settings {settings}, registers {registers}, items {items}, packages {packages}, "
            "targets {targets}, funds {funds}, rubrics {rubrics}."
        )
        self.stdout.write(told.format(name=policy.name, **changed))
