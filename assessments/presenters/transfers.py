"""Money that comes in, as tables and in words."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from assessments.models import Transfer
from assessments.presenters.money import NOTHING, money_cell, yuan_text
from assessments.queries.transfers import Reach, Reconciled
from assessments.tables import Cell, Column, Row, Table
from teams.clock import month_words


def reconciled_table(rows: Sequence[Reconciled]) -> Table:
    """A year's payers: due, transferred, and what is missing, which stands out."""

    def row(name: str, due: Decimal, given: Decimal) -> Row:
        tone = "missed" if due > given else ""
        missing = Cell(yuan_text(due - given), due - given, tone=tone)
        return Row(name, (money_cell(due), money_cell(given), missing))

    total = row(_("Total"), sum((row.due for row in rows), NOTHING), sum((row.transferred for row in rows), NOTHING))
    columns = (Column(_("To be transferred")), Column(_("Transferred")), Column(_("Missing")))
    payers = tuple(row(str(each.payer.label), each.due, each.transferred) for each in rows)
    return Table(_("Payers' shares of fees, yuan"), _("Payer"), columns, payers, total)


def transfers_table(transfers: Iterable[Transfer]) -> Table:
    """The transfers for a file, in the order of assessments/transfer_list.html."""
    columns = (
        Column(_("Payer"), numeric=False),
        Column(_("For the months"), numeric=False),
        Column(_("Yuan")),
        Column(_("Note"), numeric=False),
        Column(_("Entered by"), numeric=False),
    )
    rows = (
        Row(
            f"{each.transferred_on:%Y-%m-%d}",
            (
                Cell(each.get_payer_display()),
                Cell(f"{month_words(each.from_month)} – {month_words(each.to_month)}"),
                money_cell(each.amount),
                Cell(each.note),
                Cell(each.entered_by),
            ),
        )
        for each in transfers
    )
    return Table(_("Transfers"), _("Transferred on"), columns, tuple(rows))


def reach_words(reach: Reach | None) -> dict[str, Any] | None:
    """The public health fund's check in words."""
    if reach is None:
        return None
    return {
        "year": reach.year,
        "amount": yuan_text(reach.amount),
        "reached": yuan_text(reach.reached),
        "share": f"{reach.share}%",
        "least": f"{reach.least}%",
        "is_enough": reach.is_enough,
    }
