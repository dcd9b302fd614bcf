"""Who should be signed, listed and counted."""

from collections.abc import Collection
from datetime import date

from contracts.models import Candidate
from contracts.models.candidates import CandidateQuerySet
from teams.models import TeamVillage, User


def candidates(
    user: User,
    *,
    reason: str = "",
    category: str = "",
    village: int | None = None,
    institutions: Collection[int] | None = None,
    team: int | None = None,
    day: date,
) -> CandidateQuerySet:
    """The account's people to be signed, narrowed by what is not empty: who is new on top, the latest first.

    `team` means who lives in the villages that it serves on the day. `reason` may also be "new".
    """
    found = Candidate.objects.visible_to(user)
    if reason == "new":
        found = found.filter(is_new=True)
    elif reason:
        found = found.filter(reason=reason)
    if category:
        found = found.filter(categories__contains=[category])
    if village is not None:
        found = found.filter(village=village)
    if institutions is not None:
        found = found.filter(institution__in=institutions)
    if team is not None:
        found = found.filter(village__in=TeamVillage.objects.on(day).filter(team=team).values("village"))
    return found.order_by("-is_new", "-since", "resident")
