"""Households: founding one, joining, leaving, and who heads it. Contracts that run are not touched."""

from collections.abc import Sequence

from django.db import connection, transaction
from django.db.models import BigIntegerField, Max
from django.db.models.functions import Cast, Substr
from django.utils.translation import gettext_lazy as _

from residents.models import Household, Resident
from residents.rules import check_can_join
from teams.blocks import claim_block
from teams.history import made_by
from teams.models import User
from teams.models.accounts import SystemAccount
from teams.rules import RuleViolation

# The first key of this project's advisory locks on household numbers.
LOCK_CLASS = 0x4848


@transaction.atomic
def found_household(
    *, members: Sequence[Resident], head: Resident | None = None, number: str = "", by: User | SystemAccount
) -> Household:
    """A new household of the members, who leave theirs; `head` (default: the first) heads it.

    Without a number it gets the next one of the first member's village, else institution: `341204100201-0007`.
    Raises RuleViolation: household.no_members, .number_taken.
    """
    if not members:
        raise RuleViolation("household.no_members", _("A household has at least one person."))
    with made_by(by, "residents.found_household"):
        claim_block(Household)
        household, is_new = Household.objects.get_or_create(number=number or _next_number(members[0]))
        if not is_new:
            raise RuleViolation("household.number_taken", _("There is a household with this number already."))
        ids = [member.pk for member in members]
        Resident.objects.filter(pk__in=ids).update(household=household, is_head=False)
        Resident.objects.filter(pk=(head or members[0]).pk, household=household).update(is_head=True)
        return household


@transaction.atomic
def join_household(
    *, resident: Resident, household: Household, is_head: bool = False, by: User | SystemAccount
) -> Resident:
    """Let a resident live in a household, leaving their own. Raises RuleViolation household.outside."""
    with made_by(by, "residents.join_household"):
        check_can_join(household, by)
        resident = Resident.objects.select_for_update(no_key=True).get(pk=resident.pk)
        if is_head:
            Resident.objects.filter(household=household, is_head=True).update(is_head=False)
        resident.household, resident.is_head = household, is_head
        resident.save(update_fields=["household", "is_head"])
        return resident


@transaction.atomic
def leave_household(*, resident: Resident, by: User | SystemAccount) -> Resident:
    """Let a resident live in no household."""
    with made_by(by, "residents.leave_household"):
        resident = Resident.objects.select_for_update(no_key=True).get(pk=resident.pk)
        resident.household, resident.is_head = None, False
        resident.save(update_fields=["household", "is_head"])
        return resident


def _next_number(member: Resident) -> str:
    """The number after the highest of the place; whoever asks next waits for the end of the transaction."""
    prefix = member.village.code if member.village else member.institution.code
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK_CLASS, prefix])
    numbered = Household.objects.filter(number__startswith=f"{prefix}-").annotate(
        rest=Substr("number", len(prefix) + 2)
    )
    counted = numbered.filter(rest__regex=r"^[0-9]{1,9}$").aggregate(last=Max(Cast("rest", BigIntegerField())))
    last = counted["last"] or 0
    return f"{prefix}-{last + 1:04}"
