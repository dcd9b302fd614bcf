"""What a table says, in one sentence: who lags, where, and who misses the target."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.models import Target
from assessments.presenters.words import rate_text, target_text
from assessments.queries.figures import Count, Key, Targets, is_met
from assessments.queries.units import Unit

Named = Sequence[tuple[str, Count]]
UnitCounts = Mapping[tuple[int, tuple[int, int]], Mapping[Key, Count]]


def worst(named: Named, number: int = 1) -> str:
    """The farthest from good, `Lowest: A 24.1%, B 25.8%`; nothing when there is nobody to compare with."""
    known = [(value, name, count) for name, count in named if (value := count.rate(6)) is not None]
    if len(known) < 2:
        return ""
    higher_is_better = known[0][2].indicator.higher_is_better
    known.sort(key=lambda row: row[:2], reverse=not higher_is_better)
    words = _("Lowest: %(names)s") if higher_is_better else _("Highest: %(names)s")
    return words % {"names": _(", ").join(f"{name} {rate_text(count)}" for _value, name, count in known[:number])}


def units_finding(named: Sequence[tuple[Unit, Count]], targets: Targets, key: Key) -> str:
    """How many units miss their target, and the farthest from it."""
    last = worst([(unit.name, count) for unit, count in named])
    held = [(count, target) for unit, count in named if (target := targets.of(unit, key))]
    missed = [is_met(count, target) for count, target in held].count(False)
    if not last or not held:
        return last
    values = {"missed": missed, "units": len(named), "target": _common_target(held, key), "last": last}
    if missed == 0:
        words = ngettext(
            "The only unit reaches %(target)s. %(last)s", "All %(units)s units reach %(target)s. %(last)s", len(named)
        )
        return words % values
    words = ngettext(
        "%(missed)s of %(units)s misses %(target)s. %(last)s",
        "%(missed)s of %(units)s miss %(target)s. %(last)s",
        missed,
    )
    return words % values


def _common_target(held: Sequence[tuple[Count, Target]], key: Key) -> str:
    """The target in words when it is the same for all."""
    texts = {target_text(target) for _count, target in held}
    return texts.pop() if len(texts) == 1 else _("their target")


def counted(units: Sequence[Unit], counts: UnitCounts, now: int, key: Key) -> list[tuple[Unit, Count]]:
    """The units that have the figure in the revision `now`."""
    pairs = ((unit, counts.get((now, unit.key), {}).get(key)) for unit in units)
    return [(unit, count) for unit, count in pairs if count is not None]
