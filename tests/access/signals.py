"""Leads."""

from collections.abc import Callable, Mapping

from assessments.models import Lead
from teams.clock import today
from teams.models import User
from tests.accounts import Place

TABLE = """
# name                    object   an  cl  fo  do  of  ad  au     an  cl  fo  do  of  ad  au
assessments:lead_list     -        in  200 200 403 200 200 403    in  405 405 405 405 405 405
assessments:lead_screen   -        in  405 405 405 405 405 405    in  403 403 403 302 403 403
assessments:lead_detail   own      in  200 404 403 200 200 403    in  200 404 403 200 200 403
assessments:lead_detail   other    in  404 200 403 200 200 403    in  404 200 403 200 200 403
"""


def _lead(place: Place | None) -> tuple[Mapping[str, object], Mapping[str, object]]:
    assert place
    found = Lead.objects.filter(team=place.team.pk).first()
    return {"pk": found.pk if found else 10**9}, {}


ADDRESSES: Mapping[str, Callable[[Place | None], tuple[Mapping[str, object], Mapping[str, object]]]] = {
    "assessments:lead_detail": _lead,
}


def furnish(place: Place, users: Mapping[str, User]) -> None:
    """A lead about the place's team."""
    Lead.objects.create(
        kind="phone_missing",
        subject=place.team.pk,
        weight=2,
        institution=place.centre,
        team=place.team,
        evidence={"people": 1, "signed": 1, "residents": [place.resident.pk]},
        people=1,
        mark="x",
        found_on=today(),
        seen_on=today(),
    )
