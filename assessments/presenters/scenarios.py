"""What a what-if comes to, as lines of a table."""

from decimal import Decimal
from typing import Any

from assessments.presenters.rubrics import grade_chip
from assessments.presenters.words import MINUS, signed
from assessments.queries.scenarios import Answer, Line


def money_text(amount: Decimal | None) -> str:
    """Yuan with two places and thousands, or nothing."""
    return "" if amount is None else f"{amount:,.2f}"


def money_change(amount: Decimal | None) -> str:
    """With its sign; nothing when nothing changes."""
    if not amount:
        return ""
    return f"+{amount:,.2f}" if amount > 0 else f"{MINUS}{-amount:,.2f}"


def answer_lines(answer: Answer) -> list[dict[str, Any]]:
    """A dict a unit, those that change most first."""

    def weight(line: Line) -> tuple[Decimal, ...]:
        return tuple(-abs(change or Decimal(0)) for change in (line.money, line.fees, line.points))

    return [
        {
            "line": line,
            "before": grade_chip(line.before.grade) if line.before else {},
            "after": grade_chip(line.after.grade) if line.after else {},
            "points": signed(line.points) if line.points else "",
            "money_before": money_text(line.money_before),
            "money_after": money_text(line.money_after),
            "money": money_change(line.money),
            "fees_before": money_text(line.fees_before),
            "fees_after": money_text(line.fees_after),
            "fees": money_change(line.fees),
            "loses": bool((line.money or line.points or 0) < 0),
        }
        for line in sorted(answer.lines, key=weight)
    ]
