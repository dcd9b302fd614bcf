"""Tables of figures for pages: columns, rows and cells with their texts, links, bars and sort keys.

Plain data for templates/assessments/_table.html. Counts are grouped here by thousands, because the zh-hans locale of
Django groups by four; rates come worded from the callers.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from assessments.charts import Bar

NO_FIGURE, MINUS = "—", "\N{MINUS SIGN}"
# A figure as it is shown: a count, a rate, yuan, a change.
SHOWN_NUMBER = re.compile(r"[+-]?¥?\d[\d,]*(\.\d+)?%?")


@dataclass(frozen=True, slots=True)
class Column:
    """A head: its label, an explanation as tooltip, and how the table stands sorted when it arrives."""

    label: str
    hint: str = ""
    numeric: bool = True
    sorted: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure: `value` sorts, `text` shows. `tone` is "met", "missed", "soft" or empty; `heat` a shade from 1 to 5."""

    text: str
    value: Decimal | int | None = None
    url: str = ""
    tone: str = ""
    bar: Bar | None = None
    bar_tone: str = "blue"
    heat: int | None = None

    @property
    def shown(self) -> Decimal | str:
        """What stands in it, for a file: a number with the places that it is shown with, else the text."""
        text = self.text.replace(MINUS, "-")
        if not SHOWN_NUMBER.fullmatch(text):
            return self.text
        return Decimal(text.removesuffix("%").replace("¥", "").replace(",", ""))


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    cells: tuple[Cell, ...]
    url: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """`title` names it for the eye or the screen reader; `total` stays on top when the rows are sorted. `groups` are
    heads above the heads, each with how many columns it spans."""

    title: str
    head: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    total: Row | None = None
    head_sorted: str = ""
    groups: tuple[tuple[str, int], ...] = ()

    @property
    def labels(self) -> list[str]:
        """What each column is called where it stands alone, on a phone."""
        return [column.label for column in self.columns]


def count_text(count: int | None) -> str:
    """A head count as shown: 190,136; a dash for no figure."""
    return NO_FIGURE if count is None else f"{count:,}"


def count_cell(count: int | None, *, url: str = "", tone: str = "") -> Cell:
    """A cell with a head count."""
    return Cell(text=count_text(count), value=count, url=url, tone=tone)
