"""The words of fulfilment, the same on every page, and what one person or one contract was promised, by service."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contracts.queries.fulfilment import By, Promises, Tally, tallies
from service_packages.models import Item

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Word:
    """One count of a `Tally`: its name there, and what pages say."""

    name: str
    label: "StrOrPromise"
    hint: "StrOrPromise"
    tone: str = ""


# In this order everywhere, so that they can be added up: due is the three behind it, promised is due, ahead and open.
WORDS = (
    Word("promised", gettext_lazy("Promised"), gettext_lazy("windows that end in the year, waived ones left out")),
    Word("due", gettext_lazy("Due so far"), gettext_lazy("of them, those whose last day has come")),
    Word("on_time", gettext_lazy("On time"), gettext_lazy("due so far, and met by the last day"), "good"),
    Word("late", gettext_lazy("Late"), gettext_lazy("due so far, and met after the last day"), "warn"),
    Word("missed", gettext_lazy("Missed"), gettext_lazy("due so far, and not met"), "bad"),
    Word("ahead", gettext_lazy("Done ahead"), gettext_lazy("met already; counts as on time once it is due"), "good"),
    Word("open", gettext_lazy("Still to come"), gettext_lazy("not due yet, and not met")),
    Word("waived", gettext_lazy("Excused"), gettext_lazy("refused, in hospital or away: in no other number"), "grey"),
)
# Heads above the words and how many of them each spans.
SUMS = (
    ("", 1),
    (gettext_lazy("due = on time + late + missed"), 4),
    (gettext_lazy("not due = done ahead + to come"), 2),
    ("", 1),
)


def counts_of(tally: Tally) -> list[tuple[Word, int]]:
    """Each word with its count."""
    return [(word, getattr(tally, word.name)) for word in WORDS]


def by_item(promises: Promises, known: Collection[Item] = ()) -> dict[str, Any] | None:
    """Context of `contracts/_fulfilment.html`: dict year, words, sums, rows of (name, counts), total; None with nothing
    promised.

    Items that aren't `known` are looked up.
    """
    found = tallies(promises, By.ITEM)
    if not found:
        return None
    items = {item.pk: item for item in known}
    if missing := found.keys() - items.keys():
        items |= Item.objects.in_bulk(missing)
    keys = sorted(found, key=lambda key: items[key].code)
    return {
        "year": _year(promises.day),
        "words": WORDS,
        "sums": SUMS,
        "rows": [(items[key].name, counts_of(found[key])) for key in keys],
        "total": counts_of(sum(found.values(), Tally())),
    }


def tally_of(states: Iterable[str]) -> Tally:
    """The counts of promises that are each on_time, late, missed, ahead, open, waived, or something else."""
    of = Counter(states)
    due = of["on_time"] + of["late"] + of["missed"]
    return Tally(
        promised=due + of["ahead"] + of["open"],
        due=due,
        on_time=of["on_time"],
        late=of["late"],
        ahead=of["ahead"],
        waived=of["waived"],
    )


def sentence(tally: Tally) -> str:
    """The counts in one line that adds up; what is 0 is left out."""
    said = {word.name: f"{word.label} {count}" for word, count in counts_of(tally) if count}
    due = [said[name] for name in ("on_time", "late", "missed") if name in said]
    parts = [f"{said['due']} ({' + '.join(due)})"] if due else []
    parts += [said[name] for name in ("ahead", "open") if name in said]
    whole = f"{said['promised']} = {' + '.join(parts)}" if parts else _("nothing promised")
    return " · ".join([whole, *([said["waived"]] if "waived" in said else [])])


def _year(day: date) -> str:
    return f"{day:%Y}"
