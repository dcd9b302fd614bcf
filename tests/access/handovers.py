"""Handovers and departures: from whom to whom, and who approves."""

from collections.abc import Mapping
from datetime import date

from contracts.models import Departure, Handover
from teams.models import User
from tests import factories
from tests.access import at
from tests.accounts import Place

TABLE = """
# name                      object  an  cl  fo  do  of  ad  au    an  cl  fo  do  of  ad  au
contracts:handover_list     -       in  200 200 200 200 200 403    in  405 405 405 405 405 405
contracts:handover_create   -       in  200 200 200 403 200 403    in  200 200 200 403 200 403
contracts:handover_detail   own     in  200 404 200 200 200 403    in  405 405 405 405 405 405
contracts:handover_detail   other   in  404 200 404 200 200 403    in  405 405 405 405 405 405
contracts:handover_answer   own     in  405 405 405 405 405 405    in  200 404 200 403 403 403
contracts:handover_answer   other   in  405 405 405 405 405 405    in  404 200 404 403 403 403
contracts:handover_submit   own     in  405 405 405 405 405 405    in  302 404 302 403 302 403
contracts:handover_submit   other   in  405 405 405 405 405 405    in  404 302 404 403 302 403
contracts:handover_drop     own     in  405 405 405 405 405 405    in  302 404 302 403 302 403
contracts:handover_drop     other   in  405 405 405 405 405 405    in  404 302 404 403 302 403
contracts:handover_review   own     in  405 405 405 405 405 405    in  403 403 403 302 403 403
contracts:handover_again    own     in  405 405 405 405 405 405    in  302 404 302 403 403 403
contracts:handover_again    other   in  405 405 405 405 405 405    in  404 302 404 403 403 403
contracts:departure_create  -       in  403 403 403 403 200 403    in  403 403 403 403 200 403
contracts:departure_detail  own     in  200 404 200 200 200 403    in  405 405 405 405 405 405
contracts:departure_detail  other   in  404 200 404 200 200 403    in  405 405 405 405 405 405
"""

ADDRESSES = {
    **{
        f"contracts:handover_{page}": at("handover")
        for page in ("detail", "answer", "submit", "drop", "review", "again")
    },
    "contracts:departure_detail": at("departure"),
}


def furnish(place: Place, users: Mapping[str, User]) -> None:
    """The contract on its way to another team; a departure from its own."""
    other = factories.make_team(name="接管团队", institution=place.centre)
    handover = Handover.objects.create(
        from_team=place.team, to_team=other, effective_on=date(2018, 11, 1), reason="调离", made_by=place.clerk
    )
    handover.lines.create(contract=place.contract)
    leaving = factories.make_staff(institution=place.centre)
    Departure.objects.create(
        staff=leaving, team=place.team, last_on=date(2018, 10, 31), vacancy="全科医生", made_by=place.clerk
    )
