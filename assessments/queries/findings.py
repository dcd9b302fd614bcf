"""The work list of rectification, and what findings take off."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db.models import Case, Count, F, IntegerField, Q, Value, When

from assessments.models import Finding
from assessments.models.findings import FindingQuerySet
from assessments.queries.observed import FOUND, observed
from assessments.rules.findings import Side, escalated_before
from teams.clock import today
from teams.models import User
from teams.models.places import parent_ids
from teams.permissions import Permission, has_permission
from teams.policy import policy_on

State = Finding.State
# What each side does next, in this order.
NEXT = {
    Side.BUREAU: (State.DONE, State.FOUND, State.REVIEWED, State.ASSIGNED),
    Side.INSTITUTION: (State.ASSIGNED, State.DONE, State.REVIEWED, State.FOUND),
}


def side_of(user: User) -> Side:
    """From which side the account looks at findings."""
    return Side.BUREAU if has_permission(user, Permission.SUPERVISION_EDIT) else Side.INSTITUTION


def escalating(day: date) -> date:
    """Findings to be mended before this day are escalated on `day`."""
    return escalated_before(day, policy_on(day)["rectification_escalates_days"])


def work_list(user: User) -> FindingQuerySet:
    """The account's findings: overdue first, those the longest that are overdue the longest; then what it does next."""
    place = {state: number for number, state in enumerate(NEXT[side_of(user)], start=1)}
    rank = Case(
        When(state=State.ASSIGNED, due_on__lt=today(), then=Value(0)),
        *(When(state=state, then=Value(number)) for state, number in place.items()),
        default=Value(9),
        output_field=IntegerField(),
    )
    rows = Finding.objects.visible_to(user).select_related(
        "institution", "team", "item__checklist", "inspection__round", "inspection__team"
    )
    return rows.annotate(rank=rank).order_by("rank", F("due_on").asc(nulls_last=True), "-found_on", "-pk")


def stage_counts(user: User, escalates: date) -> dict[str, int]:
    """How many of the account's findings are overdue, escalated (due before `escalates`), relapsed, in each state."""
    day = today()
    assigned = Q(state=State.ASSIGNED)
    counts = Finding.objects.visible_to(user).aggregate(
        overdue=Count("id", filter=assigned & Q(due_on__lt=day)),
        escalated=Count("id", filter=assigned & Q(due_on__lt=escalates)),
        relapse=Count("id", filter=Q(relapses__gt=0, state__in=Finding.OPEN)),
        open=Count("id", filter=Q(state__in=Finding.OPEN)),
        **{state.value: Count("id", filter=Q(state=state)) for state in State},
    )
    return {name: int(count) for name, count in counts.items()}


def deductions(
    checklists: Iterable[str], unit_kind: str, first_on: date, last_on: date
) -> dict[str, dict[int, Decimal]]:
    """CHECKLIST and CHECKLIST:ITEM -> unit id -> points off for what was found by the checklists (every version) from
    day to day, both ends included. `unit_kind` is `institution` (with its subtree) or `team`."""
    wanted, above = set(checklists), {} if unit_kind == "team" else parent_ids(last_on)
    found: dict[str, dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in observed(first_on, last_on).get(FOUND, ()):
        node = row.team if unit_kind == "team" else row.institution
        while node is not None and row.code in wanted:
            found[row.code][node] += row.numbers[0]
            found[f"{row.code}:{row.item}"][node] += row.numbers[0]
            node = above.get(node)
    return found
