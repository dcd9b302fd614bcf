"""The bulletins of two months, issued on the fifth of the month after; and what residents may compare."""

from datetime import date

from assessments.actions import bulletins, publications
from assessments.models import Cycle, Month
from assessments.presenters.publications import HOW
from teams.models import User

MONTHS = (date(2018, 10, 1), date(2018, 11, 1))
PREFIX = "泉卫通"


def issue(official: User) -> None:
    """Issue the bulletins of MONTHS, and publish the last frozen month if there is one."""
    for first_on in MONTHS:
        made = bulletins.prepare(first_on=first_on, by=official)
        kept = bulletins.write(
            bulletin=made,
            title=made.title,
            issuer=made.issuer,
            prefix=PREFIX,
            texts={},
            shown=bulletins.state_of(made),
            by=official,
        )
        day = date(first_on.year, first_on.month + 1, 5)
        bulletins.issue(bulletin=kept, shown=bulletins.state_of(kept), on=day, by=official)
    frozen = Month.objects.filter(current__frozen_at__isnull=False).order_by("-first_on").first()
    if frozen:
        cycle = Cycle.objects.filter(state=Cycle.State.PUBLISHED).order_by("-to_month", "-pk").first()
        publications.publish(first_on=frozen.first_on, cycle=cycle, how_to_sign=HOW, by=official)
