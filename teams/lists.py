"""What list pages share: columns to choose, sorting, pages that end, filters as chips and under names.

A list page makes a `ListPage` of its request, and shows `templates/_list.html`. Everything that makes the list is in
the address, so that a link can be sent; an account's own columns and page size hold where the address names none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from html import escape
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import F, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from teams.models import SavedFilter
from teams.permissions import SignedInRequest

PAGE_SIZES = (50, 100, 200)
# Nobody turns more pages; and counting ends there, so that the time doesn't grow with the district.
ROWS_AT_MOST = 2_000
# From so many on, a page is sooner read off an index of its order than sorted.
MANY = 3_000
# Before the name in a line that can be ticked, for the form with the id `chosen`.
TICK = (
    '<label class="tick no-print"><input type="checkbox" name="chosen" value="{key}" form="chosen">'
    '<span class="hidden">{name}</span></label>'
)


@dataclass(frozen=True)
class Column:
    """A column of a list. `sort` are the fields that order by it; the `fixed` one stands first and always there."""

    code: str
    label: str | Promise
    sort: tuple[str, ...] = ()
    shown: bool = True
    is_number: bool = False
    is_fixed: bool = False

    @property
    def start_tag(self) -> str:
        """What its cells begin with; a phone shows the label before the value."""
        number = ' class="number"' if self.is_number else ""
        return f'<td data-label="{escape(str(self.label))}"{number}>'


class Cell(NamedTuple):
    """A value of a row; `tone` draws it as a chip: good, warn, bad, info or grey. With a `url` it is a step to take."""

    value: str | int | date | None
    tone: str = ""
    is_masked: bool = False
    url: str = ""

    @property
    def text(self) -> str:
        """The value as the page shows it."""
        if isinstance(self.value, int):
            return f"{self.value:,}"
        return "" if self.value is None else str(self.value)

    @property
    def html(self) -> SafeString:
        """The value as a cell of a table holds it; drawn here, since a list has a thousand of them."""
        text = escape(self.text)
        if self.url:
            text = f'<a class="button small no-print" href="{escape(self.url)}">{text}</a>'
        elif self.tone and text:
            text = f'<span class="chip {self.tone}">{text}</span>'
        elif self.is_masked and text:
            text = f'<span class="mask">{text}</span>'
        elif isinstance(self.value, date):
            text = f'<span class="nowrap">{text}</span>'
        return SafeString(text)


@dataclass(frozen=True)
class ListRow:
    """A line: where it leads, or "", its cells by column, and what ticking it chooses (None: it can't be ticked)."""

    url: str
    cells: Mapping[str, Cell]
    key: int | None = None


def address_of(view: str, key: int) -> str:
    """The address of a line's page. Lists are long: one address is looked up, the others are like it."""
    before, after = _around_key(view)
    return f"{before}{key}{after}"


@cache
def _around_key(view: str) -> tuple[str, str]:
    before, _key, after = reverse(view, args=[0]).rpartition("0")
    return before, after


class BoundedPaginator(Paginator):
    """Pages of the first ROWS_AT_MOST rows. `counted`: how many there are, one more than that for any number above.

    `distinct`: of how many wholes they are parts (`ListPage.page_of`); None where they were too many to count.
    """

    def __init__(self, counted: int, per_page: int, distinct: int | None) -> None:
        super().__init__(range(min(counted, ROWS_AT_MOST)), per_page)
        self.counted, self.distinct = counted, distinct

    @property
    def is_more(self) -> bool:
        """Whether there are more rows than pages show."""
        return self.counted > ROWS_AT_MOST


class ListPage:
    """A list as an address and an account ask for it. `columns`: of the list, in order; `default`: the order without
    another (a column's code, `-` before it: descending); `many`: how many rows make an index better than sorting."""

    def __init__(
        self, request: SignedInRequest, name: str, columns: Sequence[Column], *, default: str, many: int = MANY
    ) -> None:
        self.name, self.many = name, many
        self.known = {column.code: column for column in columns}
        self.query = request.GET
        self.total: int | None = None
        saved = list(SavedFilter.objects.visible_to(request.user).filter(page=name))
        self.saved = [each for each in saved if each.name]
        self.liked = QueryDict(next((each.query for each in saved if not each.name), ""))
        asked = self.query.get("sort", default)
        self.sort = asked if asked.lstrip("-") in self.known and self.known[asked.lstrip("-")].sort else default

    @cached_property
    def columns(self) -> list[Column]:
        """Those to show, in the list's order."""
        asked = self.query.get("columns") or self.liked.get("columns") or ""
        chosen = {code for code in asked.split(",") if code in self.known}
        return [
            column
            for column in self.known.values()
            if column.is_fixed or (column.code in chosen if chosen else column.shown)
        ]

    @cached_property
    def codes(self) -> list[str]:
        """The codes of the columns to show."""
        return [column.code for column in self.columns]

    @cached_property
    def size(self) -> int:
        """Rows a page."""
        asked = self.query.get("size") or self.liked.get("size") or ""
        return int(asked) if asked in map(str, PAGE_SIZES) else PAGE_SIZES[0]

    def page_of(self, rows: QuerySet[Any], load: QuerySet[Any], *, distinct: str = "pk") -> Page:
        """The page asked for: of `rows` the ids in order, then those of `load`, which knows what a line shows.

        Its paginator's `distinct` is how many values that field has in the rows, when they aren't too many to count.
        """
        asked = self.query.get("page", "")
        number = int(asked) if asked.isdecimal() and 0 < int(asked[:6]) <= ROWS_AT_MOST // self.size else 1
        named = rows.alias(distinct=F(distinct))
        found = self._found(named, number)
        if not found.ids and number > 1:
            number, found = 1, self._found(named, 1)
        paginator = BoundedPaginator(found.counted, self.size, found.distinct)
        page = paginator.get_page(number)
        loaded = load.in_bulk(found.ids)
        page.object_list = [loaded[key] for key in found.ids]
        if self.query.get("count") and paginator.is_more:
            self.total = rows.order_by().count()
        return page

    def _found(self, rows: QuerySet[Any], number: int) -> "_Found":
        """The ids of a page, and how many rows there are, ROWS_AT_MOST + 1 for any number above that.

        Few rows are found first and then sorted. Of many, some stand near the beginning of any order: they are read
        off its index. Left to itself the database takes one way for the other, since it counts on stopping early.
        """
        start = (number - 1) * self.size
        fields, sign = self._order
        named = {f"sort{place}": F(field) for place, field in enumerate(fields)}
        try:
            inner, values = rows.order_by().values(key=F("pk"), whole=F("distinct"), **named).query.sql_with_params()
        except EmptyResultSet:
            return _Found([], 0, 0)
        if _estimate(inner, values) < self.many:
            return self._sorted(inner, values, start)
        found = self._sorted(f"{inner} limit {ROWS_AT_MOST + 1}", values, start)
        if found.counted <= ROWS_AT_MOST:
            return found
        ordered = rows.order_by(*(f"{sign}{field}" for field in fields), f"{sign}pk")
        return _Found(list(ordered.values_list("pk", flat=True)[start : start + self.size]), found.counted, None)

    @property
    def _order(self) -> tuple[tuple[str, ...], str]:
        """The fields to order by, and the sign before each."""
        return self.known[self.sort.lstrip("-")].sort, "-" if self.sort.startswith("-") else ""

    def _sorted(self, inner: str, values: Sequence[Any], start: int) -> "_Found":
        """The ids of a page and the number of all rows, which are found before they are sorted. `inner` asks for
        their key, their whole and what orders them."""
        fields, sign = self._order
        names = (*(f"sort{place}" for place in range(len(fields))), "key")
        order = ", ".join(f"{name} desc" if sign else name for name in names)
        sql = f"""
            with found as materialized ({inner})
            select key, count(*) over (), (select count(distinct whole) from (select whole from found limit %s) f)
            from found order by {order} limit %s offset %s
        """
        with connection.cursor() as cursor:
            cursor.execute(sql, [*values, ROWS_AT_MOST, self.size, start])
            lines = cursor.fetchall()
        counted, distinct = lines[0][1:] if lines else (0, 0)
        is_more = counted > ROWS_AT_MOST
        return _Found([line[0] for line in lines], min(counted, ROWS_AT_MOST + 1), None if is_more else distinct)

    def context(self, page: Page, rows: Sequence[ListRow], form: Any) -> dict[str, Any]:
        """What `templates/_list.html` shows, as `list`. `form` is the filters' bound form."""
        shown = {column.code for column in self.columns}
        paginator = page.paginator
        assert isinstance(paginator, BoundedPaginator)
        return {
            "name": self.name,
            "page": page,
            "total_text": self._total_text(paginator),
            "is_more": paginator.is_more and self.total is None,
            "heads": [self._head(column) for column in self.columns],
            "rows": rows,
            "body": self._body(rows),
            "choices": [(column, column.code in shown) for column in self.known.values() if not column.is_fixed],
            "sizes": [(size, size == self.size) for size in PAGE_SIZES],
            "saved": self.saved,
            "chips": self._chips(form),
            "filters": self.filters,
        }

    def _total_text(self, paginator: BoundedPaginator) -> str:
        """The number of rows, in words where they were too many to count."""
        if self.total is None and paginator.is_more:
            return _("over %(limit)s") % {"limit": number_format(ROWS_AT_MOST, force_grouping=True)}
        return number_format(self.total if self.total is not None else paginator.counted, force_grouping=True)

    @property
    def filters(self) -> str:
        """The query string without the page."""
        kept = self.query.copy()
        for name in ("page", "count"):
            kept.pop(name, None)
        return kept.urlencode()

    def _body(self, rows: Sequence[ListRow]) -> SafeString:
        """The lines of the table, drawn here like their cells."""
        first, *others = self.columns
        starts = [(column.code, column.start_tag) for column in others]
        head = f'<tr><th scope="row" data-label="{escape(str(first.label))}">'
        lines = []
        for row in rows:
            name = escape(row.cells[first.code].text)
            tick = "" if row.key is None else TICK.format(key=row.key, name=name)
            link = f'<a href="{escape(row.url)}">{name}</a>' if row.url else name
            cells = "".join([f"{start}{row.cells[code].html}</td>" for code, start in starts])
            lines.append(f"{head}{tick}{link}</th>{cells}</tr>\n")
        return SafeString("".join(lines))

    def _head(self, column: Column) -> dict[str, Any]:
        active, descending = self.sort.lstrip("-") == column.code, self.sort.startswith("-")
        return {
            "column": column,
            "aria": ("descending" if descending else "ascending") if active else "",
            "sort": column.sort and (f"-{column.code}" if active and not descending else column.code),
        }

    def _chips(self, form: Any) -> list[dict[str, str]]:
        """The filters that hold, in words, each with the address without it."""
        return [
            {"label": str(field.label), "value": _shown(field), "url": f"?{_without(self.query, field.html_name)}"}
            for field in form
            if field.data not in (None, "", [])
        ]


@dataclass(frozen=True)
class _Found:
    """The ids of a page, of how many rows, with how many distinct values (None: not counted)."""

    ids: list[int]
    counted: int
    distinct: int | None


def _estimate(sql: str, values: Sequence[Any]) -> int:
    """How many rows the database expects."""
    with connection.cursor() as cursor:
        cursor.execute(f"explain (format json) {sql}", values)
        [(plan,)] = cursor.fetchall()
    return int(plan[0]["Plan"]["Plan Rows"])


def _shown(field: Any) -> str:
    """A field's value as its control says it."""
    choices = getattr(field.field, "choices", None)
    if not choices:
        return str(field.data)
    return next((str(label) for value, label in choices if str(value) == str(field.data)), str(field.data))


def _without(query: QueryDict, name: str) -> str:
    kept = query.copy()
    for each in (name, "page"):
        kept.pop(each, None)
    return kept.urlencode()
