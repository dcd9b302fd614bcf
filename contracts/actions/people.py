"""People who come to the signing desk for the first time: registered in place, taken into the household there."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from residents.actions.households import found_household, join_household
from residents.actions.registering import register_resident
from residents.identity import IdNumber
from residents.models import Household, Resident
from teams.clock import today
from teams.models import Division, Institution, Team, User
from teams.phones import Phone
from teams.rules import RuleViolation


@transaction.atomic
def register_at_desk(
    *,
    number: IdNumber,
    name: str,
    phone: Phone | None,
    village: Division | None,
    address: str,
    beside: Resident | None,
    by: User,
) -> Resident:
    """Register a person today: into the household of `beside`, or as head of a new one.

    They are managed where `beside` is, else where the account is, else where a team serves the village. Raises
    RuleViolation as `register_resident` does.
    """
    resident = register_resident(
        number=number,
        name=name,
        institution=_institution(village, beside, by),
        village=village,
        phone=phone,
        household=_household(beside, by) if beside else None,
        address=address,
        registered_on=today(),
        by=by,
    )
    if beside is None:
        found_household(members=[resident], by=by)
        resident.refresh_from_db()
    return resident


@transaction.atomic
def take_in(*, resident: Resident, beside: Resident, by: User) -> Resident:
    """Let a resident live in the household of another, which is founded when there is none."""
    return join_household(resident=resident, household=_household(beside, by), by=by)


def _household(resident: Resident, by: User) -> Household:
    return resident.household or found_household(members=[resident], by=by)


def _institution(village: Division | None, beside: Resident | None, by: User) -> Institution:
    if beside:
        return beside.institution
    if by.institution and by.institution.kind != Institution.Kind.BUREAU:
        return by.institution
    serving = Team.objects.visible_to(by).existing_on(today()).select_related("institution")
    if village:
        serving = serving.filter(villages__village=village, villages__to_on=None)
    team = serving.first()
    if team is None:
        raise RuleViolation("resident.no_institution", _("No team serves this village. Choose another one."))
    return team.institution
