"""Contracts whose team is gone, handovers with how far they are, and what stays open in them."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from contracts.models import Coverage, Handover, HandoverLine
from teams.models import Team, User

Answer = HandoverLine.Answer
# How many lines a page of a handover shows.
ANSWERS = {
    "contracts": Count("lines"),
    "consented": Count("lines", filter=Q(lines__answer=Answer.CONSENTED)),
    "declined": Count("lines", filter=Q(lines__answer=Answer.DECLINED)),
    "continued": Count("lines", filter=Q(lines__made__isnull=False)),
}


@dataclass(frozen=True)
class Left:
    """A team that is gone, or will be, and how many contracts and people it leaves."""

    team: Team
    contracts: int
    people: int


def teams_left(user: User, day: date) -> list[Left]:
    """Dissolved teams of the account's scope with contracts that still cover somebody: nobody cares for these."""
    gone = Team.objects.visible_to(user).filter(dissolved_on__isnull=False).select_related("institution")
    teams = {team.pk: team for team in gone}
    rows = Coverage.objects.not_over_on(day).filter(team__in=teams).order_by()
    found = rows.values_list("team").annotate(Count("contract", distinct=True), Count("resident"))
    return [Left(teams[team], contracts, people) for team, contracts, people in sorted(found)]


def handovers_of(user: User) -> QuerySet[Handover]:
    """The account's handovers with their counts, the newest first."""
    rows = Handover.objects.visible_to(user).select_related("from_team", "to_team", "made_by", "reviewed_by")
    return rows.annotate(**ANSWERS).order_by("-pk")


def lines_of(handover: Handover, day: date) -> QuerySet[HandoverLine]:
    """The lines, open ones first, each with `people` and whether somebody `is_left`: covered by the old contract still,
    though nobody continues it."""
    running = Coverage.objects.not_over_on(day).filter(contract=OuterRef("contract"))
    rows = handover.lines.select_related("contract__representative", "made__team")
    rows = rows.annotate(people=Count("contract__coverages"), is_left=Exists(running))
    return rows.order_by(F("made").asc(nulls_first=True), "answer", "pk")
