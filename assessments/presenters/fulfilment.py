"""Fulfilment in words: those of every page about promises, the outlook, and the table of what they consist of."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from assessments.charts import bar
from assessments.presenters.words import goal_text, rate_text
from assessments.queries.figures import Count, Key
from assessments.queries.fulfilment import MEASURED, Outlook, Part
from assessments.queries.units import Unit
from assessments.tables import NO_FIGURE, Cell, Column, Row, Table, count_cell, count_text
from contracts.presenters.fulfilment import SUMS, WORDS, counts_of
from contracts.queries.fulfilment import By, Tally
from teams.permissions import SignedInRequest

PAGE = "assessments:fulfilment"


def names_of() -> dict[By, str]:
    """What the counts may be told by, in words."""
    return {
        By.INSTITUTION: _("Institutions"),
        By.TEAM: _("Teams"),
        By.VILLAGE: _("Villages"),
        By.PACKAGE: _("Packages"),
        By.ITEM: _("Kinds of service"),
        By.CATEGORY: _("Key populations"),
    }


def address(query: dict[str, str], **changes: str) -> str:
    """The page's address with some of its parameters changed; empty ones are left out."""
    kept = {name: value for name, value in {**query, **changes}.items() if value}
    return f"{reverse(PAGE)}?{urlencode(kept)}"


def unserved_url(unit: Unit, **narrowed: int) -> str:
    """The list of those not served, of a unit."""
    where = {"team": unit.team.pk} if unit.team else {"institution": unit.institution.pk}
    return f"{reverse('contracts:unserved_list')}?{urlencode({**where, **narrowed})}"


def outlook_words(outlook: Outlook) -> dict[str, Any]:
    """The forecast, what a target asks for, and counts as texts: `outlook` of the page."""
    forecast, tally, target = outlook.forecast, outlook.tally, outlook.target
    week = outlook.needed_a_week
    return {
        "then": _rate(forecast.numerator, forecast.denominator) if forecast else NO_FIGURE,
        "services": count_text(forecast.numerator) if forecast else NO_FIGURE,
        "spread": " – ".join(_rate(edge, forecast.denominator) for edge in (forecast.lowest, forecast.highest))
        if forecast
        else "",
        "promised": count_text(tally.promised),
        "target": goal_text(target),
        "a_week": None if week is None else count_text(week),
        "is_met": week == 0,
        "open": count_text(tally.open),
        "missed": count_text(tally.missed),
        "unserved": count_text(tally.unserved),
        "expected": count_text(tally.expected),
    }


def table(parts: Sequence[Part], whole: Tally, by: By, query: dict[str, str], *, with_people: bool = False) -> Table:
    """The parts, best fulfilled first, with everything together on top; rates as bars. `with_people`: those not served
    are opened by name."""
    rows = [
        _row(
            part.name or _("without a village"),
            part.tally,
            by,
            _opened(part, by, query),
            _unserved_of(part, by) if with_people else "",
        )
        for part in parts
    ]
    if by not in (By.ITEM, By.CATEGORY):
        rows.sort(key=lambda row: (row.cells[0].value is None, -(row.cells[0].value or 0), row.name))
    total = _row(_("Altogether"), whole, by, "")
    heads = tuple(columns(by))
    return Table(
        _("What was promised and what became of it"),
        names_of()[by],
        heads,
        tuple(rows),
        total,
        groups=(("", 1), *((str(label), span) for label, span in SUMS), *((("", 1),) * (len(heads) - len(WORDS) - 1))),
    )


def _unserved_of(part: Part, by: By) -> str:
    """The list behind a part's number of those not served; only places have one."""
    if not part.query or not part.tally.unserved or by not in (By.INSTITUTION, By.TEAM):
        return ""
    where = {"institution": part.key[0]} if by is By.INSTITUTION else {"team": part.key}
    return f"{reverse('contracts:unserved_list')}?{urlencode(where)}"


def columns(by: By) -> list[Column]:
    """The heads, as `_row` fills them."""
    found = [
        Column(_("Items done"), hint=_("on time or late, of what is due so far"), sorted="descending"),
        *(Column(str(word.label), hint=str(word.hint)) for word in WORDS),
    ]
    if by is not By.ITEM:
        found.append(Column(_("Packages done"), hint=_("with everything met that was due")))
    if by not in (By.ITEM, By.PACKAGE):
        found.append(Column(_("Signed but not served"), hint=_("signed for 90 days and nobody came")))
    return found


def lines(shown: Table) -> tuple[list[str], list[list[object]]]:
    """Heads and rows of a table for a file, rates as they are shown."""
    heads = [shown.head, *(column.label for column in shown.columns)]
    rows = [*([shown.total] if shown.total else []), *shown.rows]
    return heads, [[row.name, *(_value(cell) for cell in row.cells)] for row in rows]


def _value(cell: Cell) -> object:
    return cell.value if isinstance(cell.value, int) else cell.text


def _opened(part: Part, by: By, query: dict[str, str]) -> str:
    if not part.query:
        return ""
    kept = {name: value for name, value in query.items() if name != "by"}
    if by in (By.INSTITUTION, By.TEAM):
        kept = {name: value for name, value in kept.items() if name not in ("unit", "team")}
    return address(kept | dict(part.query))


def _row(name: str, tally: Tally, by: By, url: str, unserved: str = "") -> Row:
    done = Count(Key(MEASURED), tally.on_time + tally.late, tally.due)
    rate = done.rate()
    cells = [
        Cell(rate_text(done), rate, bar=bar(rate, 100)),
        *(
            count_cell(count, tone="missed" if count and word.name == "missed" else "")
            for word, count in counts_of(tally)
        ),
    ]
    if by is not By.ITEM:
        packages = Count(Key("package_completion"), tally.complete, tally.packages)
        cells.append(Cell(rate_text(packages), packages.rate()))
    if by not in (By.ITEM, By.PACKAGE):
        cells.append(count_cell(tally.unserved, url=unserved))
    return Row(name, tuple(cells), url=url)


def _rate(numerator: int, denominator: int) -> str:
    return rate_text(Count(Key(MEASURED), numerator, denominator))


def kept_query(request: SignedInRequest) -> dict[str, str]:
    """The page's own parameters as they are in the address."""
    return {name: request.GET.get(name, "") for name in ("unit", "team", "village", "category", "day", "by")}


def file_address(query: dict[str, str], by: By) -> str:
    """Where the table is had as a spreadsheet."""
    kept = {name: value for name, value in {**query, "by": str(by)}.items() if value}
    return f"{reverse('assessments:fulfilment_file')}?{urlencode(kept)}"


def tabs(choices: Sequence[By], present: By, query: dict[str, str]) -> list[dict[str, Any]]:
    """What the counts may be told by: dicts label, url, active."""
    names = names_of()
    return [{"label": names[by], "url": address(query, by=str(by)), "active": by is present} for by in choices]


def steps(tally: Tally) -> list[dict[str, str]]:
    """The words above the table: dicts label, count, tone, hint."""
    return [
        {"label": str(word.label), "count": count_text(count), "tone": word.tone, "hint": str(word.hint)}
        for word, count in counts_of(tally)
    ]
