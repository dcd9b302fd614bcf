"""Imports: an institution's clerks bring in its files."""

from collections.abc import Mapping

from teams import cipher
from teams.models import Import, ImportRound, User
from tests.access import at
from tests.accounts import Place

TABLE = """
# name                 object  an  cl  fo  do  of  ad  au    an  cl  fo  do  of  ad  au
teams:import_list      -       in  200 200 403 403 200 403    in  405 405 405 405 405 405
teams:import_create    -       in  405 405 405 405 405 405    in  200 200 403 403 200 403
teams:import_detail    own     in  200 404 403 403 200 403    in  405 405 405 405 405 405
teams:import_detail    other   in  404 200 403 403 200 403    in  405 405 405 405 405 405
teams:import_progress  own     in  200 404 403 403 200 403    in  405 405 405 405 405 405
teams:import_progress  other   in  404 200 403 403 200 403    in  405 405 405 405 405 405
teams:import_confirm   own     in  405 405 405 405 405 405    in  302 404 403 403 302 403
teams:import_confirm   other   in  405 405 405 405 405 405    in  404 302 403 403 302 403
teams:import_recheck   own     in  405 405 405 405 405 405    in  302 404 403 403 302 403
teams:import_recheck   other   in  405 405 405 405 405 405    in  404 302 403 403 302 403
teams:import_discard   own     in  405 405 405 405 405 405    in  302 404 403 403 302 403
teams:import_discard   other   in  405 405 405 405 405 405    in  404 302 403 403 302 403
teams:import_correct   own     in  405 405 405 405 405 405    in  200 404 403 403 200 403
teams:import_correct   other   in  405 405 405 405 405 405    in  404 200 403 403 200 403
teams:import_undo      own     in  405 405 405 405 405 405    in  302 404 403 403 302 403
teams:import_undo      other   in  405 405 405 405 405 405    in  404 302 403 403 302 403
teams:import_rejects   own     in  404 404 403 403 404 403    in  405 405 405 405 405 405
teams:import_rejects   other   in  404 404 403 403 404 403    in  405 405 405 405 405 405
teams:import_template  -       in  200 200 403 403 200 403    in  405 405 405 405 405 405
"""

STEPS = ("detail", "progress", "rejects", "confirm", "recheck", "discard", "correct", "undo")

ADDRESSES = {
    **{f"teams:import_{step}": at("imported") for step in STEPS},
    "teams:import_template": lambda place: ({"kind": "residents"}, {}),
}


def furnish(place: Place, users: Mapping[str, User]) -> None:
    """An empty file of the clerk's, checked once."""
    imported = Import.objects.create(
        kind="residents",
        filename="residents.csv",
        content=cipher.encrypt_bytes(b"", field="import"),
        sha256="0" * 64,
        by=place.clerk,
    )
    ImportRound.objects.create(
        imported=imported, number=1, filename=imported.filename, sha256=imported.sha256, by=place.clerk
    )
