"""Signing: the desk, drafts, and the papers of a contract."""

from collections.abc import Mapping

from contracts.actions.drafts import keep
from contracts.desk import Sheet
from teams.models import User
from tests.access import at
from tests.accounts import Place

TABLE = """
# name                     object  an  cl  fo  do  of  ad  au    an  cl  fo  do  of  ad  au
contracts:sign             -       in  200 200 200 403 403 403    in  200 200 200 403 403 403
contracts:sign             own     in  200 404 404 403 403 403    in  200 200 200 403 403 403
contracts:sign             other   in  404 200 404 403 403 403    in  200 200 200 403 403 403
contracts:sign_search      -       in  405 405 405 405 405 405    in  200 200 200 403 403 403
contracts:sign_desk        -       in  405 405 405 405 405 405    in  200 200 200 403 403 403
contracts:sign_register    -       in  405 405 405 405 405 405    in  200 200 200 403 403 403
contracts:draft_detail     own     in  302 404 404 403 403 403    in  302 404 404 403 403 403
contracts:draft_detail     other   in  404 302 404 403 403 403    in  404 302 404 403 403 403
contracts:draft_agreement  own     in  404 404 404 403 403 403    in  405 405 405 405 405 405
contracts:draft_agreement  other   in  404 404 404 403 403 403    in  405 405 405 405 405 405
contracts:draft_discard    own     in  405 405 405 405 405 405    in  302 404 404 403 403 403
contracts:draft_discard    other   in  405 405 405 405 405 405    in  404 302 404 403 403 403
contracts:signed           own     in  200 404 200 403 403 403    in  405 405 405 405 405 405
contracts:signed           other   in  404 200 404 403 403 403    in  405 405 405 405 405 405
contracts:agreement        own     in  200 404 200 200 200 403    in  405 405 405 405 405 405
contracts:agreement        other   in  404 200 404 200 200 403    in  405 405 405 405 405 405
contracts:handbook         own     in  200 404 200 200 200 403    in  405 405 405 405 405 405
contracts:handbook         other   in  404 200 404 200 200 403    in  405 405 405 405 405 405
contracts:signature        own     in  404 404 404 404 404 403    in  405 405 405 405 405 405
contracts:signature        other   in  404 404 404 404 404 403    in  405 405 405 405 405 405
contracts:contract_scan    own     in  200 404 200 403 403 403    in  200 404 200 403 403 403
contracts:contract_scan    other   in  404 200 404 403 403 403    in  404 200 404 403 403 403
contracts:to_sign          -       in  200 200 200 403 403 403    in  405 405 405 405 405 405
"""

PAPERS = ("signed", "agreement", "handbook", "contract_scan", "signature")

ADDRESSES = {
    "contracts:sign": lambda place: ({}, {"draft": place.draft.pk} if place else {}),
    **{f"contracts:draft_{page}": at("draft") for page in ("detail", "agreement", "discard")},
    **{
        f"contracts:{page}": at("contract")
        for page in ("signed", "agreement", "handbook", "contract_scan", "signature")
    },
}


def furnish(place: Place, users: Mapping[str, User]) -> None:
    """The resident's signing, half filled by the clerk."""
    keep(draft=None, sheet=Sheet().with_people([place.resident.pk]), by=place.clerk)
