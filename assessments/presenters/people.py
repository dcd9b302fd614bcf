"""The list of people behind a figure: its tabs, and a line for each, masked, with what it says about the figure."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from assessments.indicators import Indicator, Rows
from assessments.models import CohortRow, CoverageMonth, ResidentMonth
from assessments.presenters.frame import link
from assessments.presenters.overview import title
from assessments.presenters.parts import IN_CONFIDENCE, part_names
from assessments.presenters.words import rate_text
from assessments.queries.figures import Count
from assessments.queries.people import Part, number_of_rows
from assessments.queries.units import Selection
from assessments.tables import count_text
from contracts.presenters.people import id_text
from residents.models import Resident, Sex
from teams.dates import age_on
from teams.lists import address_of


def people_frame(selection: Selection, indicator: Indicator, count: Count, part: Part) -> dict[str, Any]:
    """Context keys figure, tabs, remark and standing of `assessments/people.html`."""
    tabs = [
        {
            "label": name,
            "count_text": "" if (rows := number_of_rows(count, indicator, each)) is None else count_text(rows),
            "url": link("assessments:people", selection, indicator.code, part=each.value),
            "active": each is part,
        }
        for each, name in part_names(indicator, selection.members).items()
    ]
    figure = {
        "title": title(count.key, selection.names),
        "url": link("assessments:figure", selection, indicator.code),
        "rate_text": rate_text(count),
    }
    standing = has_standing(indicator, part)
    return {"figure": figure, "tabs": tabs, "remark": _remark(indicator), "standing": standing}


def has_standing(indicator: Indicator, part: Part) -> bool:
    """Whether the lines of a list differ in what they count."""
    return part is Part.DENOMINATOR or bool(indicator.numerator.column)


def hidden_text(count: Count, indicator: Indicator, part: Part, shown: int) -> str:
    """Why a list is shorter than its figure: what an account sees follows from where people are today."""
    rows = number_of_rows(count, indicator, part)
    if rows is None or rows <= shown:
        return ""
    return _("In the figure, but not among those whom you may see today: %(hidden)s.") % {
        "hidden": count_text(rows - shown)
    }


def total_text(found: int, *, is_more: bool) -> str:
    """How many lines the list has, or that it has more than it shows."""
    return _("more than %(limit)s") % {"limit": count_text(found)} if is_more else count_text(found)


def people_rows(rows: Sequence[Any], selection: Selection, indicator: Indicator, part: Part) -> list[dict[str, Any]]:
    """Dicts of `assessments/people.html` for rows with their resident, village and team loaded."""
    ids = [row.resident_id for row in rows]
    # Who moved since, or whose record was merged, has no page that the account may open.
    seen = set(Resident.objects.visible_to(selection.user).filter(pk__in=ids).values_list("pk", flat=True))
    names, why = part_names(indicator), _("Why: %(name)s")
    people = []
    for row in rows:
        counted, note = _standing(row, indicator, part)
        person = person_line(row, selection, is_seen=row.resident_id in seen)
        person |= {"counted": counted, "standing": names.get(Part.NUMERATOR if counted else Part.GAP, ""), "note": note}
        if person["url"]:
            person["why"] = link("assessments:evidence", selection, indicator.code, str(getattr(row, row.KEY)))
            person["why_label"] = why % {"name": person["name"]}
        people.append(person)
    return people


def people_heads(indicator: Indicator, part: Part) -> list[str]:
    """The heads of the list as a file."""
    heads = [_("Name"), _("ID number"), _("Sex"), _("Age"), _("Key populations"), _("Village"), _("Team")]
    return [*heads, _("Standing")] if has_standing(indicator, part) else heads


def people_cells(
    rows: Iterable[Any], selection: Selection, indicator: Indicator, part: Part, *, whole: Collection[int]
) -> Iterator[list[object]]:
    """The lines of the list as a file, for rows with their resident, village and team loaded; `whole`: ids of the
    residents whose ID numbers aren't masked."""
    names = part_names(indicator)
    for row in rows:
        name, *others = _as_of_month(row, selection).values()
        number = id_text(row.resident, whole=row.resident_id in whole) if row.resident else ""
        cells = [name, number, *others]
        if has_standing(indicator, part):
            counted, note = _standing(row, indicator, part)
            cells.append(note or names[Part.NUMERATOR if counted else Part.GAP])
        yield cells


def person_line(row: Any, selection: Selection, *, is_seen: bool = True) -> dict[str, Any]:
    """Who a row is about, as of the month: name, url, id_masked, sex, age, categories, village, team."""
    return _as_of_month(row, selection) | {
        "url": address_of("contracts:person", row.resident_id) if is_seen else "",
        "id_masked": id_text(row.resident) if row.resident else "",
    }


def _as_of_month(row: Any, selection: Selection) -> dict[str, Any]:
    if row.resident is None:
        nothing = ("sex", "age", "categories", "village", "team")
        return {"name": str(IN_CONFIDENCE), **dict.fromkeys(nothing, "")}
    return {
        "name": row.resident.name,
        "sex": str(Sex(row.resident.sex).label),
        "age": _age(row, selection),
        "categories": _(", ").join(
            selection.names[category.code] for category in selection.categories if row.categories & category.mask
        ),
        "village": row.village.name if row.village else "",
        "team": row.team.name if row.team else "",
    }


def _age(row: Any, selection: Selection) -> int:
    if isinstance(row, ResidentMonth):
        return row.age
    assert selection.revision is not None
    return age_on(row.resident.birth_date, selection.revision.as_of)


def cohort_rows(rows: Sequence[CohortRow], selection: Selection) -> list[dict[str, Any]]:
    """Dicts of `assessments/people.html` for those who signed, with resident, village, team and coverage loaded."""
    ids = [row.resident_id for row in rows]
    seen = set(Resident.objects.visible_to(selection.user).filter(pk__in=ids).values_list("pk", flat=True))
    return [
        _of_cohort(row)
        | {
            "url": address_of("contracts:person", row.resident_id) if row.resident_id in seen else "",
            "id_masked": id_text(row.resident),
        }
        for row in rows
    ]


def cohort_heads() -> list[str]:
    """The heads of the list as a file."""
    return [_("Name"), _("ID number"), _("Sex"), _("Age"), _("Contract"), _("Village"), _("Team")]


def cohort_cells(row: CohortRow, *, whole: Collection[int]) -> list[object]:
    """The line of the list as a file; `whole`: ids of the residents whose ID numbers aren't masked."""
    name, *others = _of_cohort(row).values()
    return [name, id_text(row.resident, whole=row.resident_id in whole), *others]


def _of_cohort(row: CohortRow) -> dict[str, Any]:
    return {
        "name": row.resident.name,
        "sex": str(Sex(row.resident.sex).label),
        "age": age_on(row.resident.birth_date, row.day),
        "term": f"{row.coverage.start_on} – {row.coverage.last_on}",
        "village": row.resident.village.name if row.resident.village else "",
        "team": row.team.name,
    }


def basis_heads() -> list[str]:
    """The heads of the list of whom a line's basis counts."""
    return [_("Name"), _("ID number"), _("Sex"), _("Age"), _("Team")]


def basis_person(row: CoverageMonth, *, whole: Collection[int] = ()) -> dict[str, object]:
    """Somebody of that list: name, id_number, sex, age, team; `whole`: ids of those whose numbers aren't masked."""
    resident = row.resident
    return {
        "name": resident.name,
        "id_number": id_text(resident, whole=resident.pk in whole),
        "sex": str(Sex(resident.sex).label),
        "age": age_on(resident.birth_date, row.revision.as_of),
        "team": row.team.name,
    }


def _standing(row: Any, indicator: Indicator, part: Part) -> tuple[bool, str]:
    """Whether the row is wholly in the numerator, and for sums how much of it is."""
    if isinstance(row, CoverageMonth) and indicator.numerator.column:
        above, below = getattr(row, indicator.numerator.column), getattr(row, indicator.denominator.column)
        if indicator.code == "visit_cost":
            return True, _("visits: %(visits)s, ¥%(cost).2f") % {"visits": below, "cost": above / 100}
        return above >= below > 0, _("%(above)s of %(below)s") % {"above": above, "below": below}
    return bool(row.is_counted) if part is Part.DENOMINATOR else part is Part.NUMERATOR, ""


def _remark(indicator: Indicator) -> str:
    """What a line stands for, when it isn't a person."""
    if indicator.code == "household_coverage":
        return _("A line stands for a household and names one of its members.")
    return {
        Rows.COVERAGE: _("A line stands for a contract of the person."),
        Rows.SURVEY: _("A line stands for an answer. Whose was given in confidence, nobody is told."),
        Rows.PHONE: _("A line stands for a call."),
    }.get(indicator.rows, "")
