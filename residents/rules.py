"""When residents may be registered, transferred, and put into households."""

from datetime import date

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from residents.models import Household, Resident
from teams.clock import today
from teams.models import Division, Institution, User
from teams.models.accounts import SystemAccount
from teams.rules import RuleViolation


def check_can_register(resident: Resident, *, existing: Resident | None, by: User | SystemAccount) -> None:
    """A person has one record, managed within the account's institutions; the file is opened after birth.

    `existing` is the record with the same ID number, after all merging.
    """
    if existing:
        raise _registered_already(existing, by)
    check_place(resident.institution, resident.village, by)
    check_registered_on(resident.registered_on, resident.birth_date)


def check_place(institution: Institution, village: Division | None, by: User | SystemAccount) -> None:
    """An account puts residents into its own institutions, a doctor's also into the villages that the teams serve."""
    scope = by.scope
    is_own = scope.institutions is None or institution.pk in scope.institutions
    if not (is_own or (village and village.pk in scope.villages)):
        raise RuleViolation("resident.outside", _("The institution is not one of yours."))
    if village and village.level != Division.Level.VILLAGE:
        raise RuleViolation("resident.no_village", format_lazy(_("{name} is no village."), name=village.name))


def check_registered_on(registered_on: date | None, birth_date: date) -> None:
    """A file is opened after birth, and not in the future."""
    if registered_on and registered_on < birth_date:
        raise RuleViolation("resident.registered_before_birth", _("The file was opened before the day of birth."))
    if registered_on and registered_on > today():
        raise RuleViolation("resident.registered_in_future", _("The day when the file was opened lies in the future."))


def check_can_join(household: Household, by: User | SystemAccount) -> None:
    """A household that is empty, or in which somebody of the account's lives."""
    members = Resident.objects.filter(household=household, merged_into=None)
    if members.exists() and not Resident.objects.visible_to(by).filter(household=household).exists():
        raise RuleViolation("household.outside", _("A household with this number cannot be joined by your account."))


def check_can_transfer(resident: Resident, institution: Institution, village: Division | None, on: date) -> None:
    """To another place, on a day after the last transfer and not in the future (rules.md 4)."""
    if (institution.pk, village and village.pk) == (resident.institution_id, resident.village_id):
        raise RuleViolation("resident.same_place", _("The resident is there already."))
    if on > today():
        raise RuleViolation("resident.transfer_in_future", _("The day of the transfer lies in the future."))
    last = resident.transfers.order_by("on").last()
    if last is not None and on <= last.on:
        raise RuleViolation(
            "resident.transferred_since",
            format_lazy(_("The resident was transferred on {day} already. Choose a later day."), day=last.on),
        )


def _registered_already(existing: Resident, by: User | SystemAccount) -> RuleViolation:
    """Names the person only to whom sees them."""
    if Resident.objects.visible_to(by).filter(pk=existing.pk).exists():
        message = format_lazy(_("{name} is registered with this ID number already."), name=existing.name)
    else:
        message = _("This ID number is registered at another institution. Ask the bureau to transfer the resident.")
    return RuleViolation("resident.exists", message)
