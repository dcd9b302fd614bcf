"""How figures are worded: rates, changes, targets, and the sentence that a line of months says."""

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.calendar import CalendarMonth
from assessments.indicators import BY_CODE, Indicator
from assessments.models import Target
from assessments.queries.figures import Count, is_met
from assessments.tables import MINUS, NO_FIGURE, count_text
from teams.rates import YUAN


def rate_text(count: Count | None, places: int = 1) -> str:
    """`31.4%`, `¥ 58.3`, or a dash for no figure."""
    value = count.rate(places) if count else None
    if count is None or value is None:
        return NO_FIGURE
    return f"¥{value:,}" if count.indicator.unit == YUAN else f"{value}%"


def places_beside(count: Count, target: Target | None) -> int:
    """How many places a rate needs beside its target: 89.98% misses 90%, which 90.0% would not show."""
    if target is None or is_met(count, target) is not False:
        return 1
    return next((places for places in range(1, 5) if count.rate(places) != target.rate), 1)


def numerator_text(count: Count) -> str:
    """The numerator as shown: a head count, or yuan for a cost."""
    if count.indicator.unit == YUAN:
        return f"¥{Decimal(count.numerator) / 100:,.2f}"
    return count_text(count.numerator)


def signed(value: Decimal) -> str:
    """`+0.3` or `−0.3`, with a real minus."""
    return f"+{value}" if value >= 0 else f"{MINUS}{-value}"


def moved_text(month: Decimal | None, year: Decimal | None, indicator: Indicator) -> str:
    """What changed in a month and in a year, as far as known; the unit, points of a rate or yuan, stands once."""
    moves = [(_("in a month %(change)s"), month), (_("in a year %(change)s"), year)]
    known = [words % {"change": signed(moved)} for words, moved in moves if moved is not None]
    unit = _("%(change)s yuan") if indicator.unit == YUAN else _("%(change)s points")
    return unit % {"change": " · ".join(known)} if known else ""


def counted_text(count: int, indicator: Indicator) -> str:
    """How many of what an indicator counts: `6,116 packages`; nothing to count is a plain 0."""
    if not count:
        return "0"
    match indicator.code:
        case "household_coverage":
            words = ngettext("%(count)s household", "%(count)s households", count)
        case "item_completion" | "item_on_time":
            words = ngettext("%(count)s service", "%(count)s services", count)
        case "package_completion":
            words = ngettext("%(count)s package", "%(count)s packages", count)
        case "primary_share":
            words = ngettext("%(count)s visit", "%(count)s visits", count)
        case _other:
            return people_text(count)
    return words % {"count": count_text(count)}


def people_text(count: int) -> str:
    """`1 person`, `6,116 people`."""
    return ngettext("%(count)s person", "%(count)s people", count) % {"count": count_text(count)}


def change(now: Count | None, before: Count | None) -> Decimal | None:
    """Points between two rates as they are shown, so that a reader can subtract them too."""
    if now is None or before is None:
        return None
    rates = now.rate(), before.rate()
    return None if rates[0] is None or rates[1] is None else rates[0] - rates[1]


def goal_text(target: Target | None) -> str:
    """What a target asks for, where a heading says that it is one: `30%`, `at most 5%`, `33,600 people`, or nothing."""
    if target is None:
        return ""
    indicator = BY_CODE[target.indicator]
    if target.count is not None:
        goal = people_text(target.count)
    else:
        goal = f"¥{plain(target.rate)}" if indicator.unit == YUAN else f"{plain(target.rate)}%"
    return goal if indicator.higher_is_better else _("at most %(goal)s") % {"goal": goal}


def target_text(target: Target | None) -> str:
    """The same where nothing says so: `target 30%`, `at most 5%`, `target 33,600 people`, or nothing."""
    if target is None:
        return ""
    is_ceiling = not BY_CODE[target.indicator].higher_is_better
    return goal_text(target) if is_ceiling else _("target %(goal)s") % {"goal": goal_text(target)}


def plain(value: Decimal | None) -> str:
    """A number without trailing zeros: 30, 62.5."""
    return "" if value is None else f"{value.normalize():f}"


def gap_text(count: Count | None, target: Target | None) -> str:
    """How far a figure is from its target, in points or people."""
    if count is None or target is None:
        return ""
    if target.count is not None:
        missing = target.count - count.numerator
        if is_met(count, target):
            return _("target reached")
        if missing < 0:
            return _("%(points)s above target") % {"points": people_text(-missing)}
        words = ngettext("%(count)s person short", "%(count)s people short", missing)
        return words % {"count": count_text(missing)}
    value = count.rate(places_beside(count, target))
    if value is None or target.rate is None:
        return ""
    gap = value - target.rate
    if gap == 0:
        return _("at the target")
    words = _("%(points)s above target") if gap > 0 else _("%(points)s below target")
    return words % {"points": plain(abs(gap))}


def finding(series: Sequence[tuple[CalendarMonth, Count | None]], target: Target | None) -> str:
    """What the line of months says: where it went, and since when the target is reached."""
    known = [(month, count) for month, count in series if count and count.rate() is not None]
    if not known:
        return _("No figure in these months")
    if len(known) == 1:
        return _("One month so far")
    moved = change(known[-1][1], known[0][1]) or Decimal(0)
    values = {"month": known[0][0].label, "points": plain(abs(moved))}
    if moved > 0:
        said = _("Up %(points)s since %(month)s") % values
    elif moved < 0:
        said = _("Down %(points)s since %(month)s") % values
    else:
        said = _("As it was in %(month)s") % values
    since = _reached_since(known, target)
    if since is None or target is None:
        return said
    if since == known[0][0]:
        return _("%(said)s, on target throughout") % {"said": said}
    return _("%(said)s, on target since %(month)s") % {"said": said, "month": since.label}


def _reached_since(known: Sequence[tuple[CalendarMonth, Count]], target: Target | None) -> CalendarMonth | None:
    since = None
    for month, count in reversed(known):
        if target is None or not is_met(count, target):
            break
        since = month
    return since
