"""Referrals: requested, answered, seen, handed back; and the slots that hospitals keep for them."""

from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from contracts.models import Coverage, FollowUp, Referral, ReferralStep, SlotQuota
from contracts.referring import (
    check_can_move,
    check_can_refer,
    check_can_reserve,
    check_can_take_slot,
    check_words,
    one_open,
)
from contracts.rules import constraint_of
from residents.models import Resident
from teams.clock import today
from teams.history import made_by
from teams.models import Institution, Team, User
from teams.policy import policy_on
from teams.rules import RuleViolation

Status = Referral.Status


@transaction.atomic
def refer(*, resident: Resident, hospital: Institution, reason: str, priority: str, by: User) -> Referral:
    """Ask a hospital to take a resident, in the name of the team that covers them.

    Raises RuleViolation: referral.not_hospital, .no_team, .no_words, .open.
    """
    team = covering_team(resident)
    check_can_refer(hospital=hospital, team=team, by=by, reason=reason)
    return _begin(Referral.Direction.UP, resident, team, hospital, reason, priority, by)


@transaction.atomic
def hand_back(*, resident: Resident, hospital: Institution, reason: str, by: User) -> Referral:
    """Offer a resident, whom the hospital has treated, back to the team that covers them. Raises as `refer`."""
    team = covering_team(resident)
    check_can_refer(hospital=hospital, team=team, by=by, reason=reason, is_down=True)
    return _begin(Referral.Direction.DOWN, resident, team, hospital, reason, Referral.Priority.ROUTINE, by)


def covering_team(resident: Resident) -> Team | None:
    """The team whose coverage of the resident is in force today."""
    coverage = Coverage.objects.in_force_on(today()).filter(resident=resident).select_related("contract__team").first()
    return coverage.contract.team if coverage else None


@transaction.atomic
def accept(
    *,
    referral: Referral,
    appointment_on: date | None = None,
    slot: SlotQuota | None = None,
    note: str = "",
    by: User,
) -> Referral:
    """Take the resident: the hospital with an appointment, from its slots or not; the team a patient handed back.

    Raises RuleViolation: referral.moved, .not_yours, .no_appointment, .two_appointments, .appointment_passed,
    .slot_full, .slot_elsewhere.
    """
    with made_by(by, "contracts.accept_referral"):
        referral = _locked(referral, Status.ACCEPTED, by)
        if referral.direction == Referral.Direction.UP:
            slot = _take(slot, referral)
            day = _appointment(slot, appointment_on)
            check_can_take_slot(slot, day)
            referral.slot, referral.appointment_on = slot, day
        else:
            _follow_up(referral, FollowUp.Cause.DISCHARGE)
        return _move(referral, Status.ACCEPTED, note, by)


@transaction.atomic
def decline(*, referral: Referral, note: str, by: User) -> Referral:
    """Say no, and why. Raises referral.moved, .not_yours, .no_words."""
    return _plain(referral, Status.DECLINED, note, by)


@transaction.atomic
def withdraw(*, referral: Referral, note: str, by: User) -> Referral:
    """Take back a referral that is not needed any more; its slot is free again. Raises as `decline`."""
    return _plain(referral, Status.WITHDRAWN, note, by)


@transaction.atomic
def mark_seen(*, referral: Referral, note: str = "", by: User) -> Referral:
    """The resident was at the hospital. Raises referral.moved, .not_yours."""
    with made_by(by, "contracts.mark_seen"):
        return _move(_locked(referral, Status.SEEN, by), Status.SEEN, note, by)


@transaction.atomic
def return_result(*, referral: Referral, result: str, by: User) -> Referral:
    """Tell the team what was found; it follows up within the days that the policy names. Raises as `decline`."""
    with made_by(by, "contracts.return_result"):
        referral = _locked(referral, Status.RETURNED, by)
        check_words(result)
        referral.result = result
        _follow_up(referral, FollowUp.Cause.RESULT)
        return _move(referral, Status.RETURNED, result, by)


@transaction.atomic
def close(*, referral: Referral, note: str, by: User) -> Referral:
    """The team has done what the result or the discharge asked for. Raises as `decline`."""
    with made_by(by, "contracts.close_referral"):
        referral = _locked(referral, Status.CLOSED, by)
        check_words(note)
        referral.follow_ups.filter(done_on=None).update(done_on=today(), done_by=str(by), done_note=note[:200])
        return _move(referral, Status.CLOSED, note, by)


@transaction.atomic
def reserve_slots(
    *, hospital: Institution, kind: str, department: str, day: date, reserved: int, by: User
) -> SlotQuota:
    """Keep so many slots of a department for family doctors on a day; changed, not below what is taken.

    Raises RuleViolation: slot.not_hospital, .not_yours, .day_passed, .below_taken.
    """
    with made_by(by, "contracts.reserve_slots"):
        found, _made = SlotQuota.objects.select_for_update().get_or_create(
            hospital=hospital, kind=kind, department=department, day=day, defaults={"reserved": reserved}
        )
        check_can_reserve(found, reserved=reserved, by=by)
        found.reserved = reserved
        found.save(update_fields=["reserved"])
    return found


def _begin(
    direction: str, resident: Resident, team: Team | None, hospital: Institution, reason: str, priority: str, by: User
) -> Referral:
    is_up = direction == Referral.Direction.UP
    days = policy_on(today())[f"referral_answer_days_{priority}"]
    with made_by(by, "contracts.refer" if is_up else "contracts.hand_back"):
        referral = Referral(
            direction=direction,
            resident=resident,
            team=team,
            hospital=hospital,
            reason=reason,
            priority=priority,
            status=Status.REQUESTED if is_up else Status.OFFERED,
            made_on=today(),
            answer_due_on=today() + timedelta(days=days),
        )
        try:
            with transaction.atomic():
                referral.save()
        except IntegrityError as error:
            if constraint_of(error) != "contracts_referral_one_open":
                raise
            raise one_open(resident, hospital, direction) from None
        _write_step(referral, reason, by)
    return referral


def _plain(referral: Referral, to: Status, note: str, by: User) -> Referral:
    with made_by(by, f"contracts.referral_{to}"):
        referral = _locked(referral, to, by)
        check_words(note)
        if referral.slot_id:
            SlotQuota.objects.filter(pk=referral.slot_id).update(taken=F("taken") - 1)
            referral.slot = None
        return _move(referral, to, note, by)


def _locked(referral: Referral, to: Status, by: User) -> Referral:
    """The referral as it is now, when the account may take this step from here."""
    rows = Referral.objects.select_for_update(of=("self",)).select_related("team", "hospital")
    found = rows.get(pk=referral.pk)
    check_can_move(found, to=to, by=by)
    return found


def _move(referral: Referral, to: Status, note: str, by: User) -> Referral:
    referral.status = to
    referral.save()
    _write_step(referral, note, by)
    return referral


def _write_step(referral: Referral, note: str, by: User) -> None:
    ReferralStep.objects.create(referral=referral, status=referral.status, on=today(), by=str(by), note=note)


def _take(slot: SlotQuota | None, referral: Referral) -> SlotQuota | None:
    """Count the slot as taken. Who waits here for a colleague sees what the colleague left."""
    if slot is None:
        return None
    slot = SlotQuota.objects.select_for_update().get(pk=slot.pk)
    check_can_take_slot(slot, slot.day, hospital_id=referral.hospital_id)
    slot.taken += 1
    slot.save(update_fields=["taken"])
    return slot


def _appointment(slot: SlotQuota | None, day: date | None) -> date | None:
    if slot and day and day != slot.day:
        said = format_lazy(_("The slot is on {day}. Choose it, or leave it out for another day."), day=slot.day)
        raise RuleViolation("referral.two_appointments", said)
    return slot.day if slot else day


def _follow_up(referral: Referral, cause: str) -> None:
    days = policy_on(today())["follow_up_days"]
    FollowUp.objects.create(
        resident_id=referral.resident_id,
        cause=cause,
        referral=referral,
        opened_on=today(),
        due_on=today() + timedelta(days=days),
    )
