"""Who sees which rows. `Scope` is the one answer; every `visible_to` is built on it."""

from dataclasses import dataclass

from django.db.models import Q


@dataclass(frozen=True)
class Scope:
    """The part of the district that an account sees.

    `institutions` is None for the whole district. `teams` and `villages` are a doctor's own. `identities` is False
    for accounts that never see a person (auditors).
    """

    institutions: frozenset[int] | None
    teams: frozenset[int]
    villages: frozenset[int]
    identities: bool

    @property
    def is_district(self) -> bool:
        """Whether nothing is hidden by place."""
        return self.institutions is None

    def where(self, institution: str) -> Q:
        """Rows whose field `institution` lies within the scope."""
        return Q() if self.institutions is None else Q(**{f"{institution}__in": self.institutions})

    def where_team(self, team: str, institution: str) -> Q:
        """Rows of a team: by the team's institution, or the doctor's own teams."""
        if self.institutions is None:
            return Q()
        return Q(**{f"{institution}__in": self.institutions}) | Q(**{f"{team}__in": self.teams})


NOWHERE = Scope(institutions=frozenset(), teams=frozenset(), villages=frozenset(), identities=False)
DISTRICT = Scope(institutions=None, teams=frozenset(), villages=frozenset(), identities=True)
