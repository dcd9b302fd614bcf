"""What may be done with referrals and with the slots kept for them."""

from datetime import date

from django.db.models import QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from contracts.models import Referral, SlotQuota
from contracts.models.referrals import HOSPITAL_KINDS
from contracts.referral_states import Side, steps_from
from residents.models import Resident
from teams.clock import today
from teams.models import Institution, Team, User
from teams.rules import RuleViolation


def no_team() -> RuleViolation:
    """The refusal for somebody whom no team covers, or whom nobody knows: the two look the same to a hospital."""
    return RuleViolation("referral.no_team", _("No team covers this person today: there is no contract in force."))


def hospitals() -> QuerySet[Institution]:
    """Where a team may refer to."""
    return Institution.objects.filter(kind__in=HOSPITAL_KINDS).order_by("code")


def is_of(user: User, hospital: Institution) -> bool:
    """Whether the account acts for the hospital."""
    scope = user.scope
    own = scope.is_district or user.institution_id == hospital.pk or hospital.pk in (scope.institutions or ())
    return own and scope.identities


def leads(user: User, team: Team) -> bool:
    """Whether the account acts for the team: a member, or a clerk of its institution."""
    scope = user.scope
    by_place = scope.is_district or team.institution_id in (scope.institutions or ())
    return (by_place or team.pk in scope.teams) and scope.identities


def sides_of(user: User, referral: Referral) -> set[Side]:
    """For whom the account acts in a referral."""
    sides = {Side.HOSPITAL} if is_of(user, referral.hospital) else set()
    return sides | ({Side.TEAM} if leads(user, referral.team) else set())


def check_words(text: str) -> None:
    """A step that others wait for says what it is about."""
    if not text.strip():
        raise RuleViolation("referral.no_words", _("Say in a few words why, or what was found."))


def check_can_refer(*, hospital: Institution, team: Team | None, by: User, reason: str, is_down: bool = False) -> None:
    """Between a hospital and the team that covers the resident, by one of the two, for a reason."""
    if hospital.kind not in HOSPITAL_KINDS:
        raise RuleViolation("referral.not_hospital", _("Residents are referred to hospitals only."))
    if team is None:
        raise no_team()
    if not (is_of(by, hospital) if is_down else leads(by, team)):
        raise RuleViolation("referral.not_yours", _("This step is for the other side to take."))
    check_words(reason)


def one_open(resident: Resident, hospital: Institution, direction: str) -> RuleViolation:
    """The refusal of a second referral while one is under way: who made the first, when, and to whom it went."""
    running = ("requested", "offered", "accepted", "seen")
    other = Referral.objects.filter(
        resident=resident, hospital=hospital, direction=direction, status__in=running
    ).first()
    step = other.steps.first() if other else None
    taker = other.team if other and direction == Referral.Direction.DOWN else hospital
    return RuleViolation(
        "referral.open",
        format_lazy(
            _("{who} referred this person to {taker} on {day}; that referral is still under way."),
            who=step.by if step else "",
            taker=taker.name,
            day=other.made_on if other else "",
        ),
    )


def check_can_move(referral: Referral, *, to: str, by: User) -> None:
    """The step follows from the present state, and is this side's to take."""
    step = next((step for step in steps_from(referral) if step.to == to), None)
    if step is None:
        last = referral.steps.last()
        raise RuleViolation(
            "referral.moved",
            format_lazy(
                _("{who} took another step on {day}: {state}. Look at the referral again."),
                who=last.by if last else "",
                day=last.on if last else "",
                state=referral.get_status_display(),
            ),
        )
    if step.side not in sides_of(by, referral):
        raise RuleViolation("referral.not_yours", _("This step is for the other side to take."))


def check_can_take_slot(slot: SlotQuota | None, day: date | None, *, hospital_id: int | None = None) -> None:
    """An appointment has a day that has not passed; a slot is the hospital's own and still free."""
    if day is None:
        raise RuleViolation("referral.no_appointment", _("Choose a reserved slot or enter the day of the appointment."))
    if day < today():
        raise RuleViolation("referral.appointment_passed", _("The day of the appointment has passed already."))
    if slot is None or hospital_id is None:
        return
    if slot.hospital_id != hospital_id:
        raise RuleViolation("referral.slot_elsewhere", _("The slot is another hospital's."))
    if slot.free < 1:
        raise RuleViolation(
            "referral.slot_full",
            format_lazy(
                _("No slot of {department} is left on {day} (kept: {count}). Choose another."),
                count=slot.reserved,
                department=slot.department,
                day=slot.day,
            ),
        )


def check_can_reserve(slot: SlotQuota, *, reserved: int, by: User) -> None:
    """A hospital keeps its own slots, not for the past, and not fewer than are taken."""
    if slot.hospital.kind not in HOSPITAL_KINDS:
        raise RuleViolation("slot.not_hospital", _("Only hospitals keep slots."))
    if not is_of(by, slot.hospital):
        raise RuleViolation("slot.not_yours", _("A hospital keeps its own slots only."))
    if slot.day < today():
        raise RuleViolation("slot.day_passed", _("The day has passed already."))
    if reserved < slot.taken:
        raise RuleViolation(
            "slot.below_taken",
            format_lazy(_("Already taken: {count}. Keep at least as many."), count=slot.taken),
        )
