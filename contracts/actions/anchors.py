"""Obligations counted from a birth, a pregnancy or a register entry follow when those change (docs/rules.md 5)."""

from collections.abc import Collection
from datetime import timedelta

from django.db import transaction

from contracts.actions.ledger import make_obligations, match_services
from contracts.models import Coverage
from service_packages.models import PackageItem
from service_packages.windows import Anchor
from teams.clock import today

# A delivery is entered weeks late; what ended longer ago is settled.
LOOKED_BACK = timedelta(days=366)


@transaction.atomic
def follow_anchors(resident_ids: Collection[int] | None = None) -> int:
    """Make and match such obligations again, of these residents or of everybody's last year; how many changed."""
    anchored = PackageItem.objects.exclude(anchor=Anchor.CONTRACT_YEAR).values("version")
    chosen = Coverage.objects.filter(packages__version__in=anchored)
    if resident_ids is None:
        chosen = chosen.filter(end_on__gte=today() - LOOKED_BACK)
    else:
        chosen = chosen.filter(resident__in=list(resident_ids))
    coverages = Coverage.objects.filter(pk__in=chosen.values("pk"))
    made = make_obligations(coverages=coverages)
    if made:
        match_services(coverages=coverages)
    return made
