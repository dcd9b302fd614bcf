"""The bulletins of two months, issued on the fifth of the month after; and what residents may compare."""

from assessments.actions import bulletins, publications
from assessments.calendar import CalendarMonth
from assessments.demo.figures import PlaceFacts
from assessments.models import Cycle, Month
from assessments.presenters.publications import HOW
from teams.models import User


def issue(facts: PlaceFacts, official: User) -> None:
    """Issue the bulletins of the month of the figures and the one before, and publish the last frozen month if there
    is one."""
    last = CalendarMonth.of(facts.as_of)
    for month in (last.plus(-1), last):
        made = bulletins.prepare(first_on=month.first, by=official)
        kept = bulletins.write(
            bulletin=made,
            title=made.title,
            issuer=made.issuer,
            prefix=facts.facts["bulletin_prefix"],
            texts={},
            shown=bulletins.state_of(made),
            by=official,
        )
        day = month.plus(1).first.replace(day=5)
        bulletins.issue(bulletin=kept, shown=bulletins.state_of(kept), on=day, by=official)
    frozen = Month.objects.filter(current__frozen_at__isnull=False).order_by("-first_on").first()
    if frozen:
        cycles = Cycle.objects.filter(state=Cycle.State.PUBLISHED).order_by("to_month", "pk")
        last_of = {f"{cycle.unit_kind}_cycle": cycle for cycle in cycles}
        publications.publish(first_on=frozen.first_on, how_to_sign=HOW, by=official, **last_of)
