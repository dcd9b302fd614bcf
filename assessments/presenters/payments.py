"""The payment file: its heads, a row for each payee, and the sums."""

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext as _

from assessments.models import Round
from assessments.presenters.money import yuan_text
from assessments.queries.payments import NOTHING, Payment, payments_of


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
        _("What is to be done"),
        _("How it comes about"),
    ]


def payment_lines(row: Round) -> Iterator[tuple[object, ...]]:
    """Payees by line, and the sums: where something is to be paid back also of what is paid out, what is to come in,
    and what of it did."""
    kinds = {
        "staff": _("member"),
        "unshared": _("team, to be shared out"),
        "institution": _("institution's own"),
        "hospital": _("hospital, for referrals"),
        "carried": _("carried on"),
        "repaid": _("paid back"),
    }
    out = back = repaid = NOTHING
    for payment in payments_of(row):
        out, back = out + max(payment.amount, NOTHING), back + min(payment.amount, NOTHING)
        repaid += payment.repaid
        yield (
            kinds[payment.kind],
            payment.institution_code,
            payment.institution,
            payment.team_code,
            payment.team,
            payment.staff_no,
            payment.name,
            payment.amount,
            _done(payment),
            _reckoned(payment),
        )
    if back:
        yield _sum(_("Paid out in all"), out)
        yield _sum(_("To be paid back in all"), back)
    if repaid:
        yield _sum(_("Paid back of it"), repaid)
        yield _sum(_("Still to be paid back"), back + repaid)
    yield _sum(_("Total"), out + back)


def _sum(words: str, amount: Decimal) -> tuple[object, ...]:
    return (words, "", "", "", "", "", "", amount, "", "")


def _done(payment: Payment) -> str:
    if payment.kind == "carried":
        return _("the settlement of the next period deducts it")
    if payment.kind == "repaid":
        return _("came in") if payment.repaid == payment.owed else _("came in in part")
    return _("pay out") if payment.amount > 0 else _("has to be paid back")


def _reckoned(payment: Payment) -> str:
    """What somebody gets in all, less what they had; of a unit what it owes, and what of that came in."""
    if payment.kind == "carried":
        return _("%(yuan)s yuan too much were prepaid") % {"yuan": yuan_text(-payment.carried_on)}
    if payment.kind == "repaid":
        came = {"repaid": yuan_text(payment.repaid), "owed": yuan_text(payment.owed)}
        return _("%(repaid)s of %(owed)s yuan paid back") % came
    if not payment.prepaid:
        return ""
    words = {"total": yuan_text(payment.prepaid + payment.amount), "prepaid": yuan_text(payment.prepaid)}
    return _("entitled to %(total)s − %(prepaid)s prepaid") % words
