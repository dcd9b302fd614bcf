"""Activities: clerks report their institution's, the bureau checks them."""

from collections.abc import Mapping
from datetime import date

from assessments.models import Activity, ActivityProof
from teams import cipher
from teams.models import User
from tests.accounts import Place

TABLE = """
# name                           object   an  cl  fo  do  of  ad  au     an  cl  fo  do  of  ad  au
assessments:activity_list        -        in  200 200 403 200 200 403    in  405 405 405 405 405 405
assessments:activity_sums        -        in  200 200 403 200 200 403    in  405 405 405 405 405 405
assessments:activity_file        -        in  200 200 403 200 200 403    in  405 405 405 405 405 405
assessments:activity_create      -        in  200 200 403 403 403 403    in  200 200 403 403 403 403
assessments:activity_edit        own      in  200 404 403 403 403 403    in  200 404 403 403 403 403
assessments:activity_edit        other    in  404 200 403 403 403 403    in  404 200 403 403 403 403
assessments:activity_detail      own      in  200 404 403 200 200 403    in  405 405 405 405 405 405
assessments:activity_detail      other    in  404 200 403 200 200 403    in  405 405 405 405 405 405
assessments:activity_move        own      in  405 405 405 405 405 405    in  302 404 403 200 200 403
assessments:activity_move        other    in  405 405 405 405 405 405    in  404 302 403 200 200 403
assessments:activity_proof       own      in  200 404 403 200 200 403    in  405 405 405 405 405 405
assessments:activity_proof       other    in  404 200 403 200 200 403    in  405 405 405 405 405 405
"""


def _activity(place: Place | None) -> int:
    found = Activity.objects.filter(institution=place.centre.pk).first() if place else None
    return found.pk if found else 10**9


def _proof(place: Place | None) -> tuple[dict[str, object], dict[str, object]]:
    found = ActivityProof.objects.filter(activity=_activity(place)).first()
    return {"pk": found.pk if found else 10**9}, {}


ADDRESSES = {
    "assessments:activity_detail": lambda place: ({"pk": _activity(place)}, {}),
    "assessments:activity_edit": lambda place: ({"pk": _activity(place)}, {}),
    "assessments:activity_move": lambda place: ({"pk": _activity(place), "to": "withdrawn"}, {}),
    "assessments:activity_proof": _proof,
}


def furnish(place: Place, users: Mapping[str, User]) -> None:
    """A lecture, reported with a picture."""
    clerk = next(user for user in users.values() if user.institution_id == place.centre.pk)
    day = date(2018, 10, 15)
    activity = Activity.objects.create(
        institution=place.centre,
        kind="lecture",
        title="高血压讲座",
        began_on=day,
        ended_on=day,
        people=40,
        reported_by=clerk,
    )
    ActivityProof.objects.create(
        activity=activity,
        content=cipher.encrypt_bytes(b"\x89PNG\r\n\x1a\n", field=ActivityProof.FIELD),
        media_type="image/png",
        size=8,
        sha256="0" * 64,
        made_by=clerk,
    )
