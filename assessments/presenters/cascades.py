"""What is left from step to step: of the population down to the served, of patients down to the controlled."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from assessments.charts import CascadeRow, Step, cascade
from assessments.presenters.frame import link
from assessments.presenters.words import rate_text
from assessments.queries.figures import Count, Key
from assessments.queries.units import Selection
from assessments.tables import Cell, Column, Row, Table, count_cell, count_text

# The register with the most members among those that have both a standard and a goal.
PATIENTS = "hypertension"


@dataclass(frozen=True)
class Cascade:
    """Steps with the sentence that they say; `code` names them in addresses."""

    code: str
    title: str
    finding: str
    rows: tuple[CascadeRow, ...]

    @property
    def table(self) -> Table:
        """The same as a table."""
        steps = [row.step for row in self.rows]
        rows = (Row(step.label, (count_cell(step.count), Cell(step.rate_text))) for step in steps)
        return Table(self.title, _("step"), (Column(_("people")), Column(_("of all"))), tuple(rows))


def cascades(selection: Selection, counts: Mapping[Key, Count], official: int | None) -> list[Cascade]:
    """Those of the unit that have something to show; `official` is the resident population that the bureau entered."""
    found = (_of_promises(selection, counts, official), _of_patients(selection, counts))
    return [each for each in found if each]


def _of_promises(selection: Selection, counts: Mapping[Key, Count], official: int | None) -> Cascade | None:
    coverage, unserved, items = (counts.get(Key(code)) for code in ("coverage", "unserved", "item_completion"))
    if not coverage or not coverage.denominator or not unserved or not items:
        return None
    whole = official or coverage.denominator
    before = [Step(_("official population"), official, count_text(official), tone="grey")] if official else []
    steps = [
        *before,
        _step(selection, _("on file"), coverage.denominator, whole, Key("coverage"), tone="grey"),
        _step(selection, _("signed"), coverage.numerator, whole, Key("coverage")),
        _step(selection, _("signed for 90 days"), unserved.denominator, whole, Key("unserved")),
        _step(
            selection,
            _("of them served"),
            unserved.denominator - unserved.numerator,
            whole,
            Key("unserved"),
            tone="green",
        ),
    ]
    said = _("%(rate)s of what was due was given") % {"rate": rate_text(items)}
    return Cascade("promises", _("From promise to service"), said, cascade(steps))


def _of_patients(selection: Selection, counts: Mapping[Key, Count]) -> Cascade | None:
    keys = [Key(code, PATIENTS) for code in ("coverage", "managed", "controlled")]
    coverage, managed, controlled = (counts.get(key) for key in keys)
    if not coverage or not coverage.denominator or not managed or not controlled:
        return None
    whole = coverage.denominator
    steps = [
        _step(selection, _("on the register"), whole, whole, keys[0], tone="grey"),
        _step(selection, _("signed"), coverage.numerator, whole, keys[0]),
        _step(selection, _("managed to standard"), managed.numerator, whole, keys[1]),
        _step(selection, _("under control"), controlled.numerator, whole, keys[2], tone="green"),
    ]
    said = _("%(rate)s of those measured are at goal") % {"rate": rate_text(controlled)}
    return Cascade("patients", selection.names[PATIENTS].capitalize(), said, cascade(steps))


def _step(selection: Selection, label: str, count: int, whole: int, key: Key, tone: str = "blue") -> Step:
    share = rate_text(Count(Key("coverage"), count, whole))
    category = "" if key.category == "all" else key.category
    url = link("assessments:figure", selection, key.indicator, category=category)
    return Step(label, count, count_text(count), share, url, tone=tone)
