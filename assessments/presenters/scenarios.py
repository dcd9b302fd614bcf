"""What a what-if comes to, as lines of a table."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from assessments.models import FundVersion, Grade, Rule
from assessments.presenters.rubrics import grade_chip, grades_table, outcome_texts
from assessments.presenters.words import signed
from assessments.queries.answers import Answer, Line
from assessments.rules.rubrics import FULL_POINTS
from assessments.tables import MINUS, Cell, Column, Row, Table
from service_packages.models import Payer
from teams.models import Institution


def money_text(amount: Decimal | None) -> str:
    """Yuan with two places and thousands, or nothing."""
    return "" if amount is None else f"{amount:,.2f}"


def money_change(amount: Decimal | None) -> str:
    """With its sign; nothing when nothing changes."""
    if not amount:
        return ""
    return f"+{amount:,.2f}" if amount > 0 else f"{MINUS}{-amount:,.2f}"


def told(answer: Answer) -> dict[str, Any]:
    """What the page shows of an answer: grades, sums with their change, fees by payer, a line a unit."""
    return {
        "grades": [(Grade(grade).label, before, after) for grade, before, after in answer.grades],
        "sums": _change(*answer.sums),
        "fee_sums": _change(*answer.fee_sums),
        "payers": [
            {"name": Payer(row.payer).label if row.payer else _("charged to nobody"), **_change(row.before, row.after)}
            for row in answer.payers
        ],
        "lines": answer_lines(answer),
    }


def points_warning(rules: Sequence[Rule], changes: Mapping[str, Any]) -> str:
    """Where the changed points no longer make a whole rubric; empty when they do, or none is changed."""
    said = {code: Decimal(change["points"]) for code, change in changes.items() if "points" in change}
    ordinary = [rule for rule in rules if rule.section.bonus_most is None]
    full = sum((said.get(rule.code, rule.points) for rule in ordinary), Decimal(0))
    if not said or full == FULL_POINTS:
        return ""
    words = _("The points of all rules then add up to %(points)s, not to 100: change others, too, or totals mislead.")
    return words % {"points": f"{full.normalize():f}"}


def _change(before: Decimal, after: Decimal) -> dict[str, str]:
    return {"before": money_text(before), "after": money_text(after), "more": money_change(after - before)}


def answer_lines(answer: Answer) -> list[dict[str, Any]]:
    """A dict a unit, those that change most first."""

    def weight(line: Line) -> tuple[Decimal, ...]:
        return tuple(-abs(change or Decimal(0)) for change in (line.money, line.fees, line.points))

    # Teams of different centres have the same name.
    places = Institution.objects.in_bulk({line.institution for line in answer.lines if line.team})
    return [
        {
            "line": line,
            "place": places[line.institution].name if line.team else "",
            "before": grade_chip(line.before.grade) if line.before.grade else {},
            "after": grade_chip(line.after.grade) if line.after.grade else {},
            "points": signed(line.points) if line.points else "",
            "money_before": money_text(line.before.money),
            "money_after": money_text(line.after.money),
            "money": money_change(line.money),
            "fees_before": money_text(line.before.fees),
            "fees_after": money_text(line.after.fees),
            "fees": money_change(line.fees),
            "points_fall": (line.points or 0) < 0,
            "money_falls": (line.money or 0) < 0,
        }
        for line in sorted(answer.lines, key=weight)
    ]


def answer_tables(answer: Answer, shown: Mapping[str, Any], fund: FundVersion | None) -> dict[str, Table]:
    """What the page shows of an answer (`told`), for files: a line a unit, the grades, the fund's money, and fees by
    payer where prices change."""
    tables = {
        "units": _lines_table(shown["lines"], has_money=fund is not None, has_fees=answer.has_fees),
        "grades": grades_table(shown["grades"], _("Before"), _("After")),
    }
    if fund and not answer.obstacle:
        tables["money"] = _sums_table(_("All money, yuan"), _("Fund"), [{"name": str(fund)} | shown["sums"]])
    if answer.has_fees:
        title = _("Fees of packages by payer, yuan")
        tables["payers"] = _sums_table(title, _("Payer"), shown["payers"], shown["fee_sums"])
    return tables


def _lines_table(lines: Sequence[Mapping[str, Any]], *, has_money: bool, has_fees: bool) -> Table:
    grade, has_places = Column(_("Grade"), numeric=False), any(each["place"] for each in lines)
    columns = [Column(_("Institution"), numeric=False)] if has_places else []
    columns += [Column(_("Total before")), grade, Column(_("Total after")), grade, Column(_("More or less"))]
    names: list[str] = []
    if has_money:
        columns += [Column(_("Money before")), Column(_("Money after")), Column(_("Change in money"))]
        names += ["money_before", "money_after", "money"]
    if has_fees:
        columns += [Column(_("Fees before")), Column(_("Fees after")), Column(_("Change in fees"))]
        names += ["fees_before", "fees_after", "fees"]

    def cells(each: Mapping[str, Any]) -> list[str]:
        line: Line = each["line"]
        before, after = (
            outcome_texts(side.total, each[name]) for name, side in (("before", line.before), ("after", line.after))
        )
        place = [each["place"]] if has_places else []
        return [*place, *before, *after, each["points"], *(each[name] for name in names)]

    rows = (Row(each["line"].name, tuple(map(Cell, cells(each)))) for each in lines)
    return Table(_("Scores and money"), _("Unit"), tuple(columns), tuple(rows))


def _sums_table(
    title: str, head: str, sums: Sequence[Mapping[str, str]], total: Mapping[str, str] | None = None
) -> Table:
    def row(name: str, each: Mapping[str, str]) -> Row:
        return Row(name, tuple(Cell(text) for text in (each["before"], each["after"], each["more"] or "0")))

    columns = (Column(_("Before")), Column(_("After")), Column(_("More or less")))
    rows = tuple(row(each["name"], each) for each in sums)
    return Table(title, head, columns, rows, row(_("Together"), total) if total else None)
