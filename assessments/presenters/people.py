"""A line of a list of people: masked, with what the row says about the figure."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from assessments.indicators import Indicator
from assessments.models import CoverageMonth
from assessments.queries.people import Part
from residents.identity import mask_id_number
from teams.cipher import decrypt
from teams.dates import age_on


def people_rows(rows: Sequence[Any], indicator: Indicator, part: Part) -> list[dict[str, Any]]:
    """Dicts of `assessments/people.html` for rows with their resident, village and team loaded."""
    return [_person(row, indicator, part) for row in rows]


def _person(row: Any, indicator: Indicator, part: Part) -> dict[str, Any]:
    resident = row.resident
    counted, note = _standing(row, indicator, part)
    return {
        "name": resident.name,
        "url": "",
        "id_masked": mask_id_number(decrypt(resident.id_cipher, field="id_number")),
        "sex": resident.get_sex_display(),
        "age": row.age if hasattr(row, "age") else age_on(resident.birth_date, row.revision.as_of),
        "village": row.village.name if row.village else "",
        "team": row.team.name if row.team else "",
        "counted": counted,
        "note": note,
    }


def _standing(row: Any, indicator: Indicator, part: Part) -> tuple[bool, str]:
    """Whether the row is wholly in the numerator, and for sums how much of it is."""
    if isinstance(row, CoverageMonth) and indicator.numerator.column:
        above, below = getattr(row, indicator.numerator.column), getattr(row, indicator.denominator.column)
        if indicator.code == "visit_cost":
            return True, _("%(visits)s visits, ¥%(cost).2f") % {"visits": below, "cost": above / 100}
        return above >= below > 0, _("%(above)s of %(below)s") % {"above": above, "below": below}
    return bool(row.is_counted) if part is Part.DENOMINATOR else part is Part.NUMERATOR, ""
