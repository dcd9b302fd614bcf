"""The list of people to be signed: written by each check of the district, shortened by each signing."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.db import connection

from contracts.models import Candidate

CANDIDATES = (Path(__file__).parents[1] / "sql" / "candidates.sql").read_text()

_COLUMNS = "institution_id, village_id, categories, reason, since, is_new"
_MERGE = (
    "delete from contracts_candidate c where not exists (select from open_now o where o.resident_id = c.resident_id)",
    f"""
    insert into contracts_candidate (resident_id, {_COLUMNS}) select resident_id, {_COLUMNS} from open_now
    on conflict (resident_id) do update
    set ({_COLUMNS}) = (excluded.institution_id, excluded.village_id, excluded.categories, excluded.reason,
                        excluded.since, excluded.is_new)
    where (contracts_candidate.institution_id, contracts_candidate.village_id, contracts_candidate.categories,
           contracts_candidate.reason, contracts_candidate.since, contracts_candidate.is_new)
          is distinct from (excluded.institution_id, excluded.village_id, excluded.categories, excluded.reason,
                            excluded.since, excluded.is_new)
    """,
)


def write_candidates(values: Mapping[str, Any]) -> None:
    """Make the list what it is as of a check's day, within the check (`contracts.actions.problems.parameters`)."""
    with connection.cursor() as cursor:
        cursor.execute(f"create temp table open_now as {CANDIDATES}", values)
        cursor.execute("analyze open_now")
        for statement in _MERGE:
            cursor.execute(statement)
        cursor.execute("drop table open_now")


def take_off(resident_ids: Iterable[int]) -> None:
    """They are signed now; the next check needn't say so."""
    Candidate.objects.filter(resident__in=list(resident_ids)).delete()
