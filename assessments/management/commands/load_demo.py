"""`manage.py load_demo zhenhai --scale 0.01`: a made population of a real place in an empty database."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from assessments import tasks
from assessments.demo import accounts, figures
from assessments.demo.load import load
from assessments.models import Month, Revision
from residents.models import Household, Resident
from teams.imports.texts import both
from teams.models import Institution
from teams.queue import enqueue


class Command(BaseCommand):
    help = "Fill an empty database with a made population of a real place, and compute its months."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="one of: " + ", ".join(figures.places()))
        parser.add_argument("--scale", type=float, default=0.01, help="1 is the whole place (default: 0.01)")
        parser.add_argument("--migrate", action="store_true", help="bring the database up to date first")
        parser.add_argument("--seed", type=int, default=1, help="another seed draws other people (default: 1)")

    def handle(self, *args: Any, **options: Any) -> None:
        name, scale = options["name"], options["scale"]
        if name not in figures.places():
            told = _("There is no demo “{name}”. There are: {names}.")
            raise CommandError(both(format_lazy(told, name=name, names=", ".join(figures.places()))))
        least = figures.read_place(name).least_scale()
        if not least <= scale <= figures.LARGEST_SCALE:
            told = _(
                "The scale of {name} must lie between {low} and {high}: fewer than {people} people show too little."
            )
            low = f"{least:f}".rstrip("0")
            high = f"{figures.LARGEST_SCALE:g}"
            raise CommandError(both(format_lazy(told, name=name, low=low, high=high, people=figures.FEWEST)))
        if options["migrate"]:
            call_command("migrate", interactive=False, verbosity=0)
        if any(model.objects.exists() for model in (Resident, Household, Institution)):
            told = _("The database holds a district already; a demo is loaded into an empty one only.")
            raise CommandError(both(told))
        made = load(name, scale=scale, seed=options["seed"], out=self._say)
        # The months that somebody opens first come first.
        computed = Revision.objects.filter(pk__in=Month.objects.values("current")).order_by("-month__first_on")
        for revision in computed.values_list("pk", flat=True):
            enqueue(tasks.count_ahead, revision)
        text = accounts.describe(made)
        accounts.write_down(text)
        self.stdout.write(text)

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
