"""Whom an account sees because of a contract."""

from django.db.models import Q

from contracts.models import Coverage
from residents.models import OneOf
from teams.access import Scope


def signed_with_own_teams(scope: Scope) -> Q:
    """Residents with a coverage of a doctor's own teams, wherever they live (trust: access)."""
    return Q(OneOf("id", Coverage.objects.filter(team__in=scope.teams).values("resident")))
