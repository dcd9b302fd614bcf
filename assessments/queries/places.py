"""Where units stood: as a revision keeps it, which its figures were counted by; else as known now."""

from collections.abc import Collection, Mapping
from datetime import date

from django.db import connection

from assessments.models import Places, Revision
from teams.memory import once_a_request

# One statement sees one state, whoever writes meanwhile.
PAIRS = """
    select 'above', i.id, p.parent_id from teams_institution i left join teams_institutionparent p
    on p.institution_id = i.id and p.from_on <= %(day)s and (p.to_on is null or p.to_on > %(day)s)
    union all
    select case when (formed_on is null or formed_on <= %(day)s) and (dissolved_on is null or dissolved_on > %(day)s)
        then 'team' else 'other' end, id, institution_id
    from teams_team
    union all
    select distinct 'village', team_id, village_id from teams_teamvillage
    where from_on <= %(day)s and (to_on is null or to_on > %(day)s)
    order by 1, 2, 3
"""


def places_of(revision: Revision) -> Places:
    """Those that the revision was computed with; as known now where it is of before they were kept."""
    try:
        return revision.places
    except Places.DoesNotExist:
        return places_on(revision.as_of)


def homes_of(revisions: Collection[Revision]) -> dict[int, Mapping[int, int]]:
    """Revision id -> team id -> id of its institution. One query for those that keep their places."""
    kept = Places.objects.in_bulk([revision.pk for revision in revisions])
    return {row.pk: (kept.get(row.pk) or places_on(row.as_of)).homes for row in revisions}


@once_a_request
def places_on(day: date) -> Places:
    """Those of a day as known now."""
    pairs: dict[str, list[list[int | None]]] = {"above": [], "team": [], "other": [], "village": []}
    with connection.cursor() as cursor:
        cursor.execute(PAIRS, {"day": day})
        for kind, first, second in cursor.fetchall():
            pairs[kind].append([first, second])
    return Places(pairs=pairs)
