"""Referrals, a hospital's appointments, follow-ups."""

from collections.abc import Mapping

from contracts.models import FollowUp, Referral, Service
from teams.models import Institution, User
from tests import factories
from tests.access import at, first, row_of
from tests.accounts import Place

TABLE = """
# name                        object  an  cl  fo  do  of  ad  au    an  cl  fo  do  of  ad  au
contracts:referral_list       -       in  200 200 200 403 403 403    in  405 405 405 405 405 405
contracts:referral_create     own     in  200 404 200 403 403 403    in  200 404 200 403 403 403
contracts:referral_create     other   in  404 200 404 403 403 403    in  404 200 404 403 403 403
contracts:referral_hand_back  -       in  200 200 200 403 403 403    in  200 200 200 403 403 403
contracts:referral_detail     own     in  200 404 200 403 403 403    in  405 405 405 405 405 405
contracts:referral_detail     other   in  404 200 404 403 403 403    in  405 405 405 405 405 405
contracts:referral_move       own     in  405 405 405 405 405 405    in  200 404 200 403 403 403
contracts:referral_move       other   in  405 405 405 405 405 405    in  404 200 404 403 403 403
contracts:slot_list           -       in  200 200 200 403 403 403    in  200 200 200 403 403 403
contracts:follow_up_finish    own     in  405 405 405 405 405 405    in  302 404 302 403 403 403
contracts:follow_up_finish    other   in  405 405 405 405 405 405    in  404 302 404 403 403 403
"""

ADDRESSES = {
    "contracts:referral_create": at("resident"),
    "contracts:referral_detail": row_of(Referral),
    "contracts:referral_move": lambda place: (
        {"pk": first(Referral, resident=place.resident) if place else 0, "to": "closed"},
        {},
    ),
    "contracts:follow_up_finish": row_of(FollowUp),
}


def furnish(place: Place, users: Mapping[str, User]) -> None:
    """The resident's high reading is to be followed up, and is referred."""
    service = Service.objects.get(resident=place.resident)
    FollowUp.objects.create(
        resident=place.resident,
        cause="critical",
        service=service,
        opened_on=service.performed_on,
        due_on=service.performed_on,
    )
    hospital = Institution.objects.filter(code="H").first()
    Referral.objects.create(
        direction="up",
        resident=place.resident,
        team=place.team,
        hospital=hospital or factories.make_institution(code="H", kind=Institution.Kind.HOSPITAL),
        reason="血压 190/100",
        status="requested",
        made_on=service.performed_on,
        answer_due_on=service.performed_on,
    )
