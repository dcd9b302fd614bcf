"""Exports and saved filters: each is its maker's alone."""

from collections.abc import Mapping

from teams import cipher
from teams.models import Export, ExportPart, SavedFilter, User
from tests.access import at
from tests.accounts import Place

TABLE = """
# name                 object  an  cl  fo  do  of  ad  au    an  cl  fo  do  of  ad  au
teams:export_list      -       in  200 200 200 200 200 200    in  405 405 405 405 405 405
teams:export_new       -       in  200 200 200 200 200 403    in  200 200 200 200 200 403
teams:export_detail    own     in  200 404 404 404 404 404    in  405 405 405 405 405 405
teams:export_detail    other   in  404 200 404 404 404 404    in  405 405 405 405 405 405
teams:export_progress  own     in  200 404 404 404 404 404    in  405 405 405 405 405 405
teams:export_progress  other   in  404 200 404 404 404 404    in  405 405 405 405 405 405
teams:export_file      own     in  200 404 404 404 404 404    in  405 405 405 405 405 405
teams:export_file      other   in  404 200 404 404 404 404    in  405 405 405 405 405 405
teams:filter_save      -       in  405 405 405 405 405 405    in  404 404 404 404 404 403
teams:filter_delete    own     in  405 405 405 405 405 405    in  302 404 404 404 404 403
teams:filter_delete    other   in  405 405 405 405 405 405    in  404 302 404 404 404 403
teams:list_arrange     -       in  405 405 405 405 405 405    in  404 404 404 404 404 403
"""

ADDRESSES = {
    "teams:export_new": lambda place: ({"kind": "people"}, {}),
    **{f"teams:export_{page}": at("exported") for page in ("detail", "progress", "file")},
    "teams:filter_delete": at("saved"),
}


def furnish(place: Place, users: Mapping[str, User]) -> None:
    """A file and a filter of the clerk's."""
    exported = Export.objects.create(kind="people", language="en", status=Export.Status.DONE, size=1, by=place.clerk)
    part = cipher.encrypt_bytes(b"x", field=f"export:{exported.pk}:0")
    ExportPart.objects.create(export=exported, number=0, content=part)
    SavedFilter.objects.create(user=place.clerk, page="contracts:people", name="65+", query="age_from=65")
