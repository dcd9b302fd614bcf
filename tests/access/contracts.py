"""Contracts, their steps one by one and in batches."""

from collections.abc import Mapping

from contracts.models import Batch
from teams.models import User
from tests.access import at
from tests.accounts import Place

TABLE = """
# name                              object  an  cl  fo  do  of  ad  au    an  cl  fo  do  of  ad  au
contracts:contract_list             -       in  200 200 200 200 200 403    in  405 405 405 405 405 405
contracts:contract_find             -       in  405 405 405 405 405 405    in  302 302 302 302 302 403
contracts:contract_detail           own     in  200 404 200 200 200 403    in  405 405 405 405 405 405
contracts:contract_detail           other   in  404 200 404 200 200 403    in  405 405 405 405 405 405
contracts:contract_renew            own     in  200 404 200 403 403 403    in  200 404 200 403 403 403
contracts:contract_renew            other   in  404 200 404 403 403 403    in  404 200 404 403 403 403
contracts:contract_change_team      own     in  200 404 200 403 403 403    in  200 404 200 403 403 403
contracts:contract_change_team      other   in  404 200 404 403 403 403    in  404 200 404 403 403 403
contracts:contract_change_packages  own     in  200 404 200 403 403 403    in  200 404 200 403 403 403
contracts:contract_change_packages  other   in  404 200 404 403 403 403    in  404 200 404 403 403 403
contracts:contract_terminate        own     in  200 404 200 403 403 403    in  200 404 200 403 403 403
contracts:contract_terminate        other   in  404 200 404 403 403 403    in  404 200 404 403 403 403
contracts:contract_suspend          own     in  200 404 200 403 403 403    in  200 404 200 403 403 403
contracts:contract_suspend          other   in  404 200 404 403 403 403    in  404 200 404 403 403 403
contracts:contract_resume           own     in  200 404 200 403 403 403    in  200 404 200 403 403 403
contracts:contract_resume           other   in  404 200 404 403 403 403    in  404 200 404 403 403 403
contracts:contract_confirm          own     in  200 404 200 403 403 403    in  200 404 200 403 403 403
contracts:contract_confirm          other   in  404 200 404 403 403 403    in  404 200 404 403 403 403
contracts:contract_undo             own     in  405 405 405 405 405 405    in  302 404 302 403 403 403
contracts:contract_undo             other   in  405 405 405 405 405 405    in  404 302 404 403 403 403
contracts:batch_create              -       in  405 405 405 405 405 405    in  302 302 302 403 403 403
contracts:batch_detail              own     in  200 404 404 403 403 403    in  405 405 405 405 405 405
contracts:batch_detail              other   in  404 200 404 403 403 403    in  405 405 405 405 405 405
contracts:batch_begin               own     in  405 405 405 405 405 405    in  200 404 404 403 403 403
contracts:batch_begin               other   in  405 405 405 405 405 405    in  404 200 404 403 403 403
contracts:batch_progress            own     in  200 404 404 403 403 403    in  405 405 405 405 405 405
contracts:batch_progress            other   in  404 200 404 403 403 403    in  405 405 405 405 405 405
"""

STEPS = ("renew", "change_team", "change_packages", "terminate", "undo", "suspend", "resume", "confirm")

ADDRESSES = {
    **{f"contracts:contract_{page}": at("contract") for page in ("detail", *STEPS)},
    **{f"contracts:batch_{page}": at("batch") for page in ("detail", "begin", "progress")},
}


def furnish(place: Place, users: Mapping[str, User]) -> None:
    """The contract in a renewal that nobody has begun."""
    Batch.objects.create(kind=Batch.Kind.RENEWAL, by=place.clerk).lines.create(contract=place.contract)
