"""Residents: their pages, registers, moves, duplicates."""

from collections.abc import Mapping

from contracts.models import Merge
from residents.models import Register, Resident
from teams.models import User
from tests import factories
from tests.access import at, first, row_of
from tests.accounts import Place

TABLE = """
# name                      object  an  cl  fo  do  of  ad  au    an  cl  fo  do  of  ad  au
contracts:people            -       in  200 200 200 200 200 403    in  405 405 405 405 405 405
contracts:people_find       -       in  405 405 405 405 405 405    in  302 302 302 302 302 403
contracts:person            own     in  200 404 200 200 200 403    in  405 405 405 405 405 405
contracts:person            other   in  404 200 404 200 200 403    in  405 405 405 405 405 405
contracts:person_edit       own     in  200 404 200 403 403 403    in  200 404 200 403 403 403
contracts:person_edit       other   in  404 200 404 403 403 403    in  404 200 404 403 403 403
contracts:person_household  own     in  200 404 200 403 403 403    in  200 404 200 403 403 403
contracts:person_household  other   in  404 200 404 403 403 403    in  404 200 404 403 403 403
contracts:person_transfer   own     in  200 404 200 403 403 403    in  200 404 200 403 403 403
contracts:person_transfer   other   in  404 200 404 403 403 403    in  404 200 404 403 403 403
contracts:person_departure  own     in  200 404 200 403 403 403    in  200 404 200 403 403 403
contracts:person_departure  other   in  404 200 404 403 403 403    in  404 200 404 403 403 403
contracts:register_create   own     in  200 404 200 403 403 403    in  200 404 200 403 403 403
contracts:register_create   other   in  404 200 404 403 403 403    in  404 200 404 403 403 403
contracts:register_edit     own     in  200 404 200 403 403 403    in  200 404 200 403 403 403
contracts:register_edit     other   in  404 200 404 403 403 403    in  404 200 404 403 403 403
contracts:register_delete   own     in  405 405 405 405 405 405    in  302 404 302 403 403 403
contracts:register_delete   other   in  405 405 405 405 405 405    in  404 302 404 403 403 403
contracts:person_changes    own     in  200 404 200 200 200 403    in  405 405 405 405 405 405
contracts:person_changes    other   in  404 200 404 200 200 403    in  405 405 405 405 405 405
contracts:duplicates        -       in  200 200 200 403 403 403    in  405 405 405 405 405 405
contracts:duplicate         own     in  200 404 404 403 403 403    in  200 404 404 403 403 403
contracts:duplicate         other   in  404 200 404 403 403 403    in  404 200 404 403 403 403
contracts:duplicate_apart   own     in  405 405 405 405 405 405    in  302 404 404 403 403 403
contracts:duplicate_apart   other   in  405 405 405 405 405 405    in  404 302 404 403 403 403
contracts:merge_undo        own     in  405 405 405 405 405 405    in  302 404 302 403 403 403
contracts:merge_undo        other   in  405 405 405 405 405 405    in  404 302 404 403 403 403
contracts:person_reveal     own     in  405 405 405 405 405 405    in  200 404 200 200 403 403
contracts:person_reveal     other   in  405 405 405 405 405 405    in  404 200 404 200 403 403
"""


def _two(place: Place | None) -> tuple[Mapping[str, object], Mapping[str, object]]:
    """The place's resident and another of its centre."""
    if not place:
        return {"pk": 0, "other": 0}, {}
    other = Resident.objects.filter(institution=place.centre).exclude(pk=place.resident.pk).first()
    return {"pk": place.resident.pk, "other": other.pk if other else 0}, {}


ADDRESSES = {
    **{
        f"contracts:{page}": at("resident")
        for page in (
            "person",
            "person_edit",
            "person_household",
            "person_transfer",
            "person_departure",
            "person_changes",
            "register_create",
        )
    },
    **{f"contracts:register_{step}": row_of(Register) for step in ("edit", "delete")},
    **{f"contracts:{page}": _two for page in ("duplicate", "duplicate_apart")},
    "contracts:merge_undo": lambda place: ({"pk": first(Merge, kept=place.resident) if place else 0}, {}),
    "contracts:person_reveal": lambda place: ({"pk": place.resident.pk if place else 0, "field": "id_number"}, {}),
}


def furnish(place: Place, users: Mapping[str, User]) -> None:
    """Another of the centre, and a merge into the resident."""
    factories.make_resident(institution=place.centre)
    merged = factories.make_resident(merged_into=place.resident)
    Merge.objects.create(kept=place.resident, merged=merged, reason="x", by="y")
