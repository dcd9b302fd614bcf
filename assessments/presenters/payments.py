"""The payment file: its heads, a row for each payee, and the sum."""

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext as _

from assessments.models import Round
from assessments.queries.payments import payments_of


def payment_heads() -> list[str]:
    """In the order of `payment_lines`."""
    return [
        _("Payee"),
        _("Institution code"),
        _("Institution"),
        _("Team code"),
        _("Team"),
        _("Staff number"),
        _("Name"),
        _("Yuan"),
    ]


def payment_lines(row: Round) -> Iterator[tuple[object, ...]]:
    """Payees by line, and the sum of all."""
    kinds = {
        "staff": _("member"),
        "unshared": _("team, to be shared out"),
        "institution": _("institution's own"),
        "hospital": _("hospital, for referrals"),
    }
    total = Decimal("0.00")
    for payment in payments_of(row):
        total += payment.amount
        yield (
            kinds[payment.kind],
            payment.institution_code,
            payment.institution,
            payment.team_code,
            payment.team,
            payment.staff_no,
            payment.name,
            payment.amount,
        )
    yield (_("Total"), "", "", "", "", "", "", total)
