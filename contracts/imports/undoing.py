"""What follows when an import is taken back: obligations and their matches are made again from what is left."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from contracts.actions.ledger import make_obligations, match_services
from contracts.models import Coverage, CoveragePackage, Obligation, Service
from teams.imports.undo import Undo
from teams.rules import RuleViolation

_WAIVED = _("It cannot be taken back. Obligations of its contracts that were waived meanwhile: {count}.")


@contextmanager
def obligations_follow(undo: Undo) -> Iterator[None]:
    """New coverages and packages go with their obligations; of those that stay, obligations are made again.

    Raises RuleViolation `import.depended_on` where somebody has waived what would go.
    """
    held, coverages = undo.created[CoveragePackage], undo.created[Coverage]
    going = Obligation.objects.filter(Q(held__in=held) | Q(coverage__in=coverages))
    if waived := going.exclude(waived_on=None).count():
        raise RuleViolation("import.depended_on", format_lazy(_WAIVED, count=waived))
    undo.check_alone(Obligation, list(going.values_list("pk", flat=True)))
    changed = Obligation.objects.filter(pk__in=undo.changed[Obligation])
    touched = {*undo.changed[Coverage], *_coverages_of(held), *changed.values_list("coverage_id", flat=True)}
    going.delete()
    yield
    touched |= _coverages_of(undo.changed[CoveragePackage])
    left = Coverage.objects.filter(pk__in=touched)
    make_obligations(coverages=left)
    match_services(coverages=left)


@contextmanager
def services_matched_again(undo: Undo) -> Iterator[None]:
    """Obligations that new services met are met by others, or open again."""
    touched = Service.objects.filter(pk__in=[*undo.created[Service], *undo.changed[Service]])
    pairs = set(touched.values_list("resident_id", "item_id"))
    Obligation.objects.filter(met_by__in=undo.created[Service]).update(met_by=None, met_on=None)
    yield
    match_services(pairs=pairs)


def _coverages_of(held: list[int]) -> set[int]:
    return set(CoveragePackage.objects.filter(pk__in=held).values_list("coverage_id", flat=True))
