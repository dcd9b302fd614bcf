"""How an account likes its lists: filters under a name, columns, page size."""

from collections.abc import Collection

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from teams.lists import PAGE_SIZES
from teams.models import SavedFilter, User
from teams.rules import RuleViolation

LONGEST_NAME = 40
LONGEST_QUERY = 1000
MOST = 30


@transaction.atomic
def save_filter(*, page: str, name: str, query: str, by: User) -> SavedFilter:
    """Keep a list's filters under a name; the same name again replaces them.

    Raises RuleViolation: filter.name (none, or too long), .query (nothing to keep, or too long), .too_many.
    """
    name, query = name.strip(), _filters(query)
    if not 0 < len(name) <= LONGEST_NAME:
        raise RuleViolation("filter.name", _("Name the filters in at most 40 characters."))
    if not 0 < len(query) <= LONGEST_QUERY:
        raise RuleViolation("filter.query", _("Choose some filters first: there is nothing to save."))
    named = SavedFilter.objects.filter(user=by).exclude(name="")  # without one: how `arrange` keeps a list
    if named.exclude(page=page, name=name).count() >= MOST:
        raise RuleViolation("filter.too_many", _("Thirty saved filters are enough. Remove one first."))
    return SavedFilter.objects.update_or_create(user=by, page=page, name=name, defaults={"query": query})[0]


@transaction.atomic
def forget_filter(*, saved: SavedFilter) -> None:
    """Drop filters that were kept under a name."""
    saved.delete()


@transaction.atomic
def arrange(*, page: str, columns: Collection[str], size: int, by: User) -> None:
    """Keep which columns an account wants to see of a list, and how many rows a page."""
    query = QueryDict(mutable=True)
    query["columns"], query["size"] = ",".join(columns), str(size if size in PAGE_SIZES else PAGE_SIZES[0])
    SavedFilter.objects.update_or_create(
        user=by, page=page, name="", defaults={"query": query.urlencode()[:LONGEST_QUERY]}
    )


def _filters(query: str) -> str:
    """The query string without what arranges the page, and without fields left empty."""
    kept = QueryDict(mutable=True)
    for name, values in QueryDict(query).lists():
        if name not in ("page", "count") and any(values):
            kept.setlist(name, [value for value in values if value])
    return kept.urlencode()
