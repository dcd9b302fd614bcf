"""What pages and files of activities show."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.models import Activity
from assessments.tables import Cell, Column, Row, Table, count_cell
from teams.models import Institution

# "confirmed" alone is what contracts are once a year.
STATES = {
    "reported": gettext_lazy("reported, to be checked"),
    "confirmed": gettext_lazy("confirmed by the bureau"),
    "returned": gettext_lazy("given back"),
    "withdrawn": gettext_lazy("withdrawn"),
}
TONES = {"reported": "info", "confirmed": "good", "returned": "warn", "withdrawn": "grey"}


def heads() -> list[str]:
    """The names of the figures, the number of activities first."""
    return [_("Activities"), *(_label(name) for name in Activity.FIGURES)]


def sums_table(
    total: Mapping[str, int], found: Mapping[int, Mapping[str, int]], names: Mapping[int, Institution]
) -> Table:
    """Institutions with their sums, by code, and all of them together."""
    seen = sorted((names[key] for key in found if key in names), key=lambda institution: institution.code)
    rows = tuple(Row(institution.name, _cells(found[institution.pk])) for institution in seen)
    columns = tuple(Column(head) for head in heads())
    total_row = Row(_("All together"), _cells(total))
    return Table(_("Activities by institution"), _("Institution"), columns, rows, total_row)


def _cells(sums: Mapping[str, int]) -> tuple[Cell, ...]:
    return tuple(count_cell(sums[name]) for name in ("count", *Activity.FIGURES))


def figures(values: Mapping[str, int]) -> list[dict[str, Any]]:
    """The figures that aren't nothing, with their names."""
    return [{"label": _label(name), "value": values[name]} for name in Activity.FIGURES if values[name]]


def row(activity: Activity) -> dict[str, Any]:
    """An activity as the list shows it."""
    shown = [f"{_label(name)} {getattr(activity, name):,}" for name in Activity.FIGURES if getattr(activity, name)]
    return {
        "activity": activity,
        "tone": TONES[activity.state],
        "state": STATES[activity.state],
        "said": " · ".join(shown),
    }


def header() -> list[str]:
    """The file's heads."""
    texts = [
        _("Institution code"),
        _("Institution"),
        _("Team"),
        _("Kind of activity"),
        _("Occasion"),
        _("Title of the activity"),
    ]
    return [*texts, _("Place of the activity"), _("Began on"), _("Ended on"), _("State"), *heads()[1:]]


def lines(rows: Iterable[Activity]) -> Iterator[list[object]]:
    """The file's lines."""
    for activity in rows:
        yield [
            activity.institution.code,
            activity.institution.name,
            activity.team.name if activity.team else "",
            str(activity.get_kind_display()),
            activity.campaign,
            activity.title,
            activity.place,
            activity.began_on,
            activity.ended_on,
            str(STATES[activity.state]),
            *(getattr(activity, name) for name in Activity.FIGURES),
        ]


def _label(name: str) -> str:
    label = str(Activity._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    return label[:1].upper() + label[1:]
