"""Bulletins: drafts are the bureau's, issued ones are read by every institution."""

from collections.abc import Mapping
from datetime import date

from assessments.models import Bulletin, Month, Revision
from assessments.presenters.bulletins import paragraphs
from teams.models import User
from tests.accounts import Place

TABLE = """
# name                           object   an  cl  fo  do  of  ad  au     an  cl  fo  do  of  ad  au
assessments:bulletin_list        -        in  200 200 403 200 200 403    in  405 405 405 405 405 405
assessments:bulletin_create      -        in  405 405 405 405 405 405    in  403 403 403 200 403 403
assessments:bulletin_detail      own      in  404 404 403 200 404 403    in  405 405 405 405 405 405
assessments:bulletin_write       own      in  405 405 405 405 405 405    in  403 403 403 200 403 403
assessments:bulletin_refresh     own      in  405 405 405 405 405 405    in  403 403 403 302 403 403
assessments:bulletin_discard     own      in  405 405 405 405 405 405    in  403 403 403 302 403 403
assessments:bulletin_file        own      in  404 404 403 200 404 403    in  405 405 405 405 405 405
"""
FIRST = date(2018, 10, 1)
NOTHING = {
    "month": "2018-10", "as_of": "2018-10-31", "revision": 0, "sha256": "", "is_frozen": False, "rank_by": "completion",
    "total": {}, "ranking": [], "problems": [],
    "inspection": {"planned": 0, "inspected": 0, "found": 0, "closed": 0, "waiting": 0, "relapses": 0, "overdue": 0},
}  # fmt: skip


def _of_bulletin(place: Place | None) -> tuple[dict[str, object], dict[str, object]]:
    found = Bulletin.objects.filter(first_on=FIRST).first() if place else None
    return {"pk": found.pk if found else 10**9}, {}


ADDRESSES = {
    **{f"assessments:bulletin_{step}": _of_bulletin for step in ("detail", "write", "refresh", "discard")},
    "assessments:bulletin_file": lambda place: ({**_of_bulletin(place)[0], "format": "docx"}, {}),
}


def furnish(place: Place, users: Mapping[str, User]) -> None:
    """One draft for the district."""
    if Bulletin.objects.exists():
        return
    month = Month.objects.get_or_create(first_on=FIRST)[0]
    revision = Revision.objects.create(month=month, number=99, as_of=date(2018, 10, 31), status="dropped")
    Bulletin.objects.create(
        first_on=FIRST,
        revision=revision,
        title="通报",
        issuer="区卫健委",
        document_number="卫通",
        paragraphs=paragraphs(NOTHING, ""),
        figures=NOTHING,
        made_by=users["official"],
    )
