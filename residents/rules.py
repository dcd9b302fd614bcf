"""When residents may be registered, corrected, moved, put into households and on registers, and when they left."""

from datetime import date, timedelta

from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from residents.categories import categories
from residents.models import Household, Register, Resident, Sex
from teams.clock import today
from teams.models import Division, Institution, User
from teams.models.accounts import SystemAccount
from teams.rules import RuleViolation

# Whoever gives notice does so some months ahead; a later day is a mistyped year.
LONGEST_NOTICE_DAYS = 366


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
        raise RuleViolation("resident.no_village", format_lazy(_("{name} is not a village."), name=village.name))


def check_registered_on(registered_on: date | None, birth_date: date) -> None:
    """A file is opened after birth, and not in the future."""
    if registered_on and registered_on < birth_date:
        raise RuleViolation("resident.registered_before_birth", _("The file was opened before the day of birth."))
    if registered_on and registered_on > today():
        raise RuleViolation("resident.registered_in_future", _("The day when the file was opened lies in the future."))


def check_is_present(is_present: bool) -> None:
    """Nobody writes over what somebody else changed meanwhile without having seen it."""
    if not is_present:
        raise RuleViolation(
            "resident.stale",
            _("Somebody changed this record while you had it open. See what was changed, then save again."),
        )


def check_can_edit(resident: Resident, *, existing: Resident | None, by: User | SystemAccount) -> None:
    """As for a new record; the days of the life still fit each other. `existing`: the bearer of a corrected number."""
    if existing and existing.pk != resident.pk:
        raise _registered_already(existing, by)
    if resident.village and resident.village.level != Division.Level.VILLAGE:
        raise RuleViolation(
            "resident.no_village", format_lazy(_("{name} is not a village."), name=resident.village.name)
        )
    check_registered_on(resident.registered_on, resident.birth_date)
    _check_order(resident)
    early = resident.registers.filter(from_on__lt=resident.birth_date).first()
    if early:
        raise RuleViolation(
            "resident.dates",
            format_lazy(_("An entry on a register of {day} lies before this day of birth."), day=early.from_on),
        )


def check_departure(resident: Resident) -> None:
    """Somebody dies and moves out after birth and registration, and nobody dies tomorrow."""
    if resident.died_on and resident.died_on > today():
        raise RuleViolation("resident.died_in_future", _("The day of death lies in the future."))
    if resident.moved_out_on and resident.moved_out_on > today() + timedelta(days=LONGEST_NOTICE_DAYS):
        raise RuleViolation(
            "resident.moves_too_late", _("The day of moving out lies more than a year ahead. Is the year right?")
        )
    _check_order(resident)


def check_entry(entry: Register) -> None:
    """An entry on a register: one that there is, in days of the person's life, once at a time."""
    resident = entry.resident
    registers = {category.code: category for category in categories() if category.is_register}
    if entry.category not in registers:
        raise RuleViolation("register.no_register", _("Choose a register. The elderly and children follow from age."))
    if entry.category == "maternal" and resident.sex != Sex.FEMALE:
        raise RuleViolation("register.sex", _("Only women are on this register. Check the ID number."))
    if entry.from_on < resident.birth_date:
        raise RuleViolation("register.before_birth", _("The day lies before the day of birth."))
    if entry.from_on > today():
        raise RuleViolation("register.in_future", _("The day lies in the future."))
    if entry.to_on and entry.to_on < entry.from_on:
        raise RuleViolation("register.days", _("The day of leaving the register lies before the day of joining it."))
    _check_once_at_a_time(entry)


def check_leaving(entry: Register, to_on: date) -> None:
    """Somebody leaves a register once, after joining it, not in the future."""
    if entry.to_on:
        raise RuleViolation("register.left", format_lazy(_("The register was left on {day} already."), day=entry.to_on))
    if to_on < entry.from_on:
        raise RuleViolation(
            "register.reversed", _("The day of leaving the register lies before the day of joining it.")
        )
    if to_on > today():
        raise RuleViolation("register.in_future", _("The day lies in the future."))


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


def _check_order(resident: Resident) -> None:
    born, opened = resident.birth_date, resident.registered_on
    for name, day in ((_("death"), resident.died_on), (_("moving out"), resident.moved_out_on)):
        if day and day < born:
            raise RuleViolation("resident.dates", format_lazy(_("The day of {name} lies before birth."), name=name))
        if day and opened and day < opened:
            raise RuleViolation(
                "resident.dates",
                format_lazy(_("The day of {name} lies before the day when the file was opened."), name=name),
            )


def _check_once_at_a_time(entry: Register) -> None:
    others = Register.objects.filter(resident=entry.resident, category=entry.category).exclude(pk=entry.pk)
    later = others.filter(Q(to_on=None) | Q(to_on__gt=entry.from_on))
    if entry.to_on:
        later = later.filter(from_on__lt=entry.to_on)
    other = later.first() or others.filter(from_on=entry.from_on).first()
    if other:
        raise RuleViolation(
            "register.entered",
            format_lazy(_("The resident is on this register already, since {day}."), day=other.from_on),
        )
