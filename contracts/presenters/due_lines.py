"""Lines of due work as HTML: drawn here and not in templates, since a page has hundreds of chips, dates and buttons."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from teams.lists import address_of

# So much of what is owed to a person stands in a line.
OWED_SHOWN = 3
# The one next action stands first.
STEPS = (
    '<a class="button small primary" href="{call}">{calls}</a><a class="button small" href="{record}">{records}</a>',
    '<a class="button small primary" href="{record}">{records}</a><a class="button small" href="{call}">{calls}</a>',
)


def drawn(rows: Iterable[dict[str, Any]], query: str = "") -> list[dict[str, Any]]:
    """The rows of `contracts.presenters.due` with `url`, and as HTML `chips` (why they come first), `items` (the first
    of what is owed) and `steps`, which come back to the list's address `query`."""
    back, words = escape(query), {"calls": escape(_("Call")), "records": escape(_("Record"))}
    # Whom another institution manages only the team's doctors see.
    elsewhere = format_html('<span class="soft">{}</span>', _("managed by another institution"))
    return [
        {
            **row,
            "url": address_of("contracts:person", row["pk"]) if row["is_seen"] else "",
            "chips": _chips(row["reasons"]),
            "items": _items(row["owed"]),
            "steps": _steps(row, back, words) if row["is_seen"] else elsewhere,
        }
        for row in rows
    ]


def _steps(row: dict[str, Any], back: str, words: dict[str, str]) -> SafeString:
    call, record = (address_of(view, row["pk"]) for view in ("contracts:attempt_create", "contracts:service_record"))
    form = STEPS[0] if row["calls_first"] else STEPS[1]
    return SafeString(form.format(call=f"{call}?{back}", record=f"{record}?{back}", **words))


def _chips(reasons: Iterable[tuple[str, str]]) -> SafeString:
    return SafeString(" ".join([f'<span class="chip {tone}">{escape(text)}</span>' for tone, text in reasons]))


def _items(owed: Sequence[dict[str, Any]]) -> SafeString:
    items = [
        f'<li class="{"missed" if one["is_overdue"] else ""}">{escape(one["name"])} '
        f'<span class="nowrap">{one["due_on"]}</span></li>'
        for one in owed[:OWED_SHOWN]
    ]
    if (more := len(owed) - OWED_SHOWN) > 0:
        items.append(f'<li class="soft">{escape(_("and %(more)s more") % {"more": more})}</li>')
    return SafeString("".join(items))
