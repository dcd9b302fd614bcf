"""Results for residents: everybody may look, the bureau switches them on."""

from collections.abc import Mapping
from datetime import date

from assessments.models import Publication
from teams.models import User
from tests.accounts import Place

TABLE = """
# name                            object   an  cl  fo  do  of  ad  au     an  cl  fo  do  of  ad  au
assessments:compare               -        200 200 200 200 200 200 200    405 405 405 405 405 405 405
assessments:compare_centre        own      200 200 200 200 200 200 200    405 405 405 405 405 405 405
assessments:publication_list      -        in  200 200 403 200 200 403    in  405 405 405 405 405 405
assessments:publication_create    -        in  405 405 405 405 405 405    in  403 403 403 200 403 403
assessments:publication_withdraw  -        in  405 405 405 405 405 405    in  403 403 403 302 403 403
"""

ADDRESSES = {"assessments:compare_centre": lambda place: ({"pk": place.centre.pk if place else 10**9}, {})}


def furnish(place: Place, users: Mapping[str, User]) -> None:
    """A publication that names the centre."""
    centre = {
        "id": place.centre.pk, "name": place.centre.name, "place": "", "signed": 10, "satisfaction": None, "grade": "",
        "teams": [],
    }  # fmt: skip
    earlier = Publication.objects.shown().first()
    content = {
        "district": "颍泉区", "month": "2018-10", "as_of": "2018-10-31", "cycle": "", "how_to_sign": "到中心",
        "least": 5,
        "centres": [*(earlier.content["centres"] if earlier else []), centre], "packages": [],
    }  # fmt: skip
    Publication.objects.create(first_on=date(2018, 10, 1), content=content, published_by="official")
