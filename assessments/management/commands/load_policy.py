"""`manage.py load_policy yueyang`: terms, team rules, catalogue, payers, targets and rubric of a place."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from assessments.actions.policies import load
from assessments.policy_files import policies, read_policy
from teams.imports.texts import both
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
            raise CommandError(both(refusal.message)) from None
        if not any(changed.values()):
            self.stdout.write(both(format_lazy(_("{name}: nothing to change."), name=policy.name)))
            return
        told = _(
            "{name} changed: settings {settings}, registers {registers}, items {items}, packages {packages}, "
            "targets {targets}, funds {funds}, rubrics {rubrics}."
        )
        self.stdout.write(both(format_lazy(told, name=policy.name, **changed)))
