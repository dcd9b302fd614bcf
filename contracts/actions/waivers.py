"""Letting waivers of fees follow what is owed: nobody is excused from more than that (docs/rules.md, reading 63)."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from contracts.models import Coverage, FeeEntry
from teams.clock import today
from teams.models import User
from teams.models.accounts import SystemAccount

By = User | SystemAccount
Kind = FeeEntry.Kind
_CUTS = (Path(__file__).parents[1] / "sql" / "waiver_cuts.sql").read_text()


def fit_waivers(*, coverages: Collection[int], by: By) -> None:
    """Take off the waivers of coverages (ids) what is owed no longer, or give back to them what is owed again.

    The caller holds the contracts locked. What was taken off before is cancelled and entered anew.
    """
    for coverage, payer, fen, on in _misfits(list(coverages)):
        cuts = FeeEntry.objects.standing().filter(coverage=coverage, payer=payer, kind=Kind.WAIVER_CUT)
        cuts.update(cancelled_at=timezone.now(), cancelled_by=str(by), cancelled_reason=_("worked out anew"))
        if fen:
            FeeEntry.objects.create(
                coverage_id=coverage,
                payer=payer,
                kind=Kind.WAIVER_CUT,
                amount=Decimal(fen).scaleb(-2),
                on=on,
                entered_on=today(),
                entered_by=str(by),
            )


def contracts_with_misfits() -> list[int]:
    """Ids of all contracts with a waiver that no longer fits: after a file, or a date mended elsewhere."""
    coverages = {coverage for coverage, *_rest in _misfits(None)}
    return list(Coverage.objects.filter(pk__in=coverages).values_list("contract", flat=True).distinct())


def _misfits(coverages: list[int] | None) -> list[tuple[int, str, int, date]]:
    """Coverage, payer, fen to be taken off, and on which day."""
    with connection.cursor() as cursor:
        cursor.execute(_CUTS, {"coverages": coverages})
        return cursor.fetchall()
