"""What the three lists behind a figure are called: those who count, everybody, and those who don't."""

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from assessments.indicators import Indicator
from assessments.queries.people import Part


class Names(NamedTuple):
    """Of the numerator, the denominator and the gap between them; a part without a name isn't listed."""

    numerator: Promise | str
    denominator: Promise | str
    gap: Promise | str


EVERYBODY = _("All residents")
IN_CONFIDENCE = _("Said in confidence")  # in place of a name
NAMES: Mapping[str, Names] = {
    "coverage": Names(_("Signed"), EVERYBODY, _("Not signed")),
    "paid_coverage": Names(_("With a paid package"), EVERYBODY, _("Without a paid package")),
    "household_coverage": Names(_("Households signed"), _("All households"), _("Households not signed")),
    "renewal": Names(_("Renewed"), _("All that ran out"), _("Not renewed")),
    "item_completion": Names(_("Something given"), _("Something due"), _("Something not given")),
    "item_on_time": Names(_("Something on time"), _("Something due"), _("Something late or not given")),
    "package_completion": Names(_("A package complete"), _("A package due"), _("A package incomplete")),
    "unserved": Names(_("Not served"), _("All signed for 90 days"), _("Served")),
    "managed": Names(_("Managed as required"), _("All to be managed"), _("Not managed as required")),
    "controlled": Names(_("At goal"), _("All measured"), _("Not at goal")),
    "primary_share": Names(_("Primary-level visits"), _("All with visits"), _("Visits elsewhere")),
    "visit_cost": Names("", _("All with visits"), ""),
    "satisfaction": Names(_("Satisfied"), _("All who answered"), _("Not satisfied")),
    "awareness": Names(_("Know their team"), _("All reached"), _("Do not know their team")),
    "phone_valid": Names(_("Number reaches them"), _("All called"), _("Number does not reach them")),
}


def part_names(indicator: Indicator, members: str = "") -> dict[Part, str]:
    """The lists that the figure opens to, by name.

    `members` are a key population's, where the figure is one's: they take the place of all residents.
    """
    pairs = zip((Part.NUMERATOR, Part.DENOMINATOR, Part.GAP), NAMES[indicator.code], strict=True)
    return {part: capfirst(members) if members and name == EVERYBODY else str(name) for part, name in pairs if name}


def part_to_act_on(indicator: Indicator) -> Part:
    """Those whom somebody should do something for."""
    if "" in NAMES[indicator.code]:
        return Part.DENOMINATOR
    return Part.GAP if indicator.higher_is_better else Part.NUMERATOR
