"""Fees: receiving, waiving and refunding them, receipts, statements."""

from collections.abc import Mapping

from contracts.models import FeeEntry
from teams.models import User
from tests.access import at, first
from tests.accounts import Place

TABLE = """
# name                        object  an  cl  fo  do  of  ad  au    an  cl  fo  do  of  ad  au
contracts:fee_list            -       in  200 200 403 200 403 302    in  405 405 405 405 405 405
contracts:fee_statement       -       in  200 200 403 200 403 200    in  405 405 405 405 405 405
contracts:fee_statement_file  -       in  200 200 403 200 403 200    in  405 405 405 405 405 405
contracts:fee_payment         -       in  200 200 403 200 403 403    in  200 200 403 200 403 403
contracts:fee_payment_list    -       in  200 200 403 200 403 302    in  405 405 405 405 405 405
contracts:fee_payment_detail  own     in  200 404 403 200 403 404    in  405 405 405 405 405 405
contracts:fee_payment_detail  other   in  404 200 403 200 403 404    in  405 405 405 405 405 405
contracts:fee_receive         own     in  200 404 403 403 403 403    in  200 404 403 403 403 403
contracts:fee_receive         other   in  404 200 403 403 403 403    in  404 200 403 403 403 403
contracts:fee_waive           own     in  200 404 403 403 403 403    in  200 404 403 403 403 403
contracts:fee_waive           other   in  404 200 403 403 403 403    in  404 200 403 403 403 403
contracts:fee_refund          own     in  200 404 403 403 403 403    in  200 404 403 403 403 403
contracts:fee_refund          other   in  404 200 403 403 403 403    in  404 200 403 403 403 403
contracts:fee_cancel          own     in  200 404 403 200 403 403    in  200 404 403 200 403 403
contracts:fee_cancel          other   in  404 200 403 200 403 403    in  404 200 403 200 403 403
contracts:fee_receipt         own     in  200 404 403 200 403 404    in  405 405 405 405 405 405
contracts:fee_receipt         other   in  404 200 403 200 403 404    in  405 405 405 405 405 405
"""


def _receipt(place: Place | None) -> tuple[Mapping[str, object], Mapping[str, object]]:
    """Of the place's contract."""
    return {"pk": first(FeeEntry, coverage__contract=place.contract) if place else 0}, {}


ADDRESSES = {
    **{f"contracts:fee_{step}": at("contract") for step in ("receive", "waive", "refund")},
    **{f"contracts:fee_{step}": _receipt for step in ("cancel", "receipt", "payment_detail")},
    "contracts:fee_payment": lambda place: ({}, {"payer": "finance"}),
}


def furnish(place: Place, users: Mapping[str, User]) -> None:
    """A receipt for the contract."""
    FeeEntry.objects.create(
        coverage=place.contract.coverages.get(),
        payer="resident",
        kind=FeeEntry.Kind.RECEIPT,
        amount=1,
        on=place.contract.signed_on,
        number=f"R-{place.contract.number}",
        entered_on=place.contract.signed_on,
        entered_by="clerk",
    )
