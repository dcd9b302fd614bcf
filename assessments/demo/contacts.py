"""What a day of calls and referrals leaves behind: attempts, a hospital's slots, referrals in every state.

Of the doctor's centre only, whose accounts the demonstration has. Nothing here is in a figure: what was given, and to
whom, was decided before.
"""

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from itertools import cycle, islice
from random import Random

from assessments.demo.figures import PlaceFacts
from contracts.models import Attempt, Coverage, FollowUp, Obligation, Referral, ReferralStep, Service, SlotQuota
from contracts.queries.unserved import terms_on, unserved
from teams.dates import ONE_DAY
from teams.models import Institution, Team, User

Outcome = Attempt.Outcome
# How calls to those whom nobody served went, one after the other; the rest were not tried.
OUTCOMES = (
    *(Outcome.AGAIN, Outcome.REFUSED, Outcome.AWAY, Outcome.AGREED),
    *(Outcome.AGAIN, Outcome.REFUSED, Outcome.AGAIN, Outcome.AWAY, Outcome.AGAIN),
)
TRIED_SHARE = 0.6
CALLED_OF_OVERDUE = 40
SLOTS = (
    ("specialist", "心血管内科", 4),
    ("specialist", "内分泌科", 3),
    ("equipment", "彩超", 6),
    ("bed", "老年病科", 2),
)
SLOT_DAYS = 10
REASONS = (
    "血压控制不佳，请会诊",
    "空腹血糖持续偏高，请内分泌科评估",
    "头晕三周，请进一步检查",
    "下肢水肿，请检查心功能",
)
RESULT = "已调整用药，两周后复查血压"
Status = Referral.Status


def make_contacts(facts: PlaceFacts, rng: Random) -> None:
    """Attempts of the past weeks, slots of the coming days and a dozen referrals, as of the second report date."""
    day = facts.completion_as_of
    doctor, clerk = User.objects.get(username="doctor"), User.objects.get(username="clerk")
    at_hospital = User.objects.get(username="hospital")
    hospital = at_hospital.institution
    assert hospital is not None, "the account was made for one"
    own = list(Team.objects.visible_to(doctor).order_by("code"))
    Attempt.objects.bulk_create([*_of_unserved(clerk, day, rng), *_of_overdue(doctor, own, day, rng)])
    slots = _slots(hospital, day)
    _refer(_people(clerk, own, day), hospital, slots, (doctor, at_hospital), day)


def _of_unserved(clerk: User, day: date, rng: Random) -> Iterator[Attempt]:
    """Calls to people of the centre whom nobody served."""
    rows = unserved(Coverage.objects.visible_to(clerk), terms_on(day)).filter(resident__phone_problem="")
    tried = (row for row in rows.select_related("contract").order_by("pk") if rng.random() < TRIED_SHARE)
    for coverage, outcome in zip(tried, cycle(OUTCOMES), strict=False):
        tried_on = max(coverage.start_on, day - timedelta(days=rng.randint(3, 60)))
        yield _attempt(coverage, clerk, tried_on, outcome, rng)


def _of_overdue(doctor: User, teams: Collection[Team], day: date, rng: Random) -> Iterator[Attempt]:
    """Calls to people of the doctor's teams who have something overdue; some are to come today."""
    overdue = Obligation.objects.filter(met_on=None, waived_on=None, due_on__lt=day, due_on__gte=day.replace(day=1))
    running = Coverage.objects.in_force_on(day).filter(contract__team__in=teams)
    rows = running.filter(pk__in=overdue.values("coverage")).select_related("contract").order_by("pk")
    for coverage in rows[:CALLED_OF_OVERDUE]:
        outcome = rng.choice((Outcome.AGREED, Outcome.AGREED, Outcome.AGAIN, Outcome.AWAY))
        yield _attempt(coverage, doctor, day - timedelta(days=rng.randint(1, 9)), outcome, rng)


def _attempt(coverage: Coverage, by: User, tried_on: date, outcome: str, rng: Random) -> Attempt:
    next_on = tried_on + timedelta(days=rng.randint(3, 12)) if outcome in Attempt.WITH_DAY else None
    return Attempt(
        resident_id=coverage.resident_id,
        team_id=coverage.contract.team_id,
        tried_on=tried_on,
        by=by,
        channel=Attempt.Channel.PHONE,
        outcome=outcome,
        next_on=next_on,
    )


def _slots(hospital: Institution, day: date) -> list[SlotQuota]:
    """What the hospital keeps on the coming weekdays."""
    days = (day + number * ONE_DAY for number in range(1, 2 * SLOT_DAYS))
    weekdays = islice((each for each in days if each.weekday() < 5), SLOT_DAYS)
    rows = [
        SlotQuota(hospital=hospital, kind=kind, department=department, day=each, reserved=reserved)
        for each in weekdays
        for kind, department, reserved in SLOTS
    ]
    return SlotQuota.objects.bulk_create(rows)


def _people(clerk: User, own: Collection[Team], day: date) -> list[Coverage]:
    """People of the centre whose pressure was too high of late, the doctor's first."""
    high = Service.objects.filter(systolic__gte=140, performed_on__gte=day - timedelta(days=180))
    rows = Coverage.objects.visible_to(clerk).in_force_on(day).filter(resident__in=high.values("resident"))
    own_ids = {team.pk for team in own}
    found = rows.select_related("contract").order_by("pk")
    return sorted(found, key=lambda row: (row.contract.team_id not in own_ids, row.pk))


# State by state: how many days ago it was asked, and how far it came.
_STORIES: tuple[tuple[str, int, tuple[str, ...]], ...] = (
    ("up", 1, (Status.REQUESTED,)),
    ("up", 6, (Status.REQUESTED,)),
    ("up", 4, (Status.REQUESTED, Status.ACCEPTED)),
    ("up", 9, (Status.REQUESTED, Status.ACCEPTED, Status.SEEN)),
    ("up", 16, (Status.REQUESTED, Status.ACCEPTED, Status.SEEN, Status.RETURNED)),
    ("up", 40, (Status.REQUESTED, Status.ACCEPTED, Status.SEEN, Status.RETURNED, Status.CLOSED)),
    ("up", 12, (Status.REQUESTED, Status.DECLINED)),
    ("up", 20, (Status.REQUESTED, Status.WITHDRAWN)),
    ("down", 1, (Status.OFFERED,)),
    ("down", 8, (Status.OFFERED, Status.ACCEPTED)),
)
_OF_HOSPITAL = (Status.ACCEPTED, Status.DECLINED, Status.SEEN, Status.RETURNED, Status.OFFERED)


def _refer(
    people: list[Coverage], hospital: Institution, slots: list[SlotQuota], accounts: tuple[User, User], day: date
) -> None:
    for place, (coverage, story) in enumerate(zip(people, _STORIES, strict=False)):
        _tell(coverage, hospital, slots[place % len(SLOTS)], accounts, day, story, REASONS[place % len(REASONS)])


def _tell(
    coverage: Coverage,
    hospital: Institution,
    slot: SlotQuota,
    accounts: tuple[User, User],
    day: date,
    story: tuple[str, int, tuple[str, ...]],
    reason: str,
) -> None:
    direction, days_ago, states = story
    made_on, doctor, at_hospital = day - timedelta(days=days_ago), *accounts
    is_up, last = direction == Referral.Direction.UP, states[-1]
    takes_slot = is_up and last == Status.ACCEPTED
    referral = Referral.objects.create(
        direction=direction,
        resident_id=coverage.resident_id,
        team_id=coverage.contract.team_id,
        hospital=hospital,
        reason=reason,
        status=last,
        made_on=made_on,
        answer_due_on=made_on + timedelta(days=3),
        slot=slot if takes_slot else None,
        appointment_on=slot.day if takes_slot else None,
        result=RESULT if Status.RETURNED in states else "",
    )
    if takes_slot:
        slot.taken += 1
        slot.save(update_fields=["taken"])
    steps = []
    for number, state in enumerate(states):
        of_hospital = state in _OF_HOSPITAL and (is_up or state == Status.OFFERED)
        by = at_hospital if of_hospital else doctor
        on = min(day, made_on + number * timedelta(days=2))
        note = reason if not number else ""
        steps.append(ReferralStep(referral=referral, status=state, on=on, by=str(by), note=note))
    ReferralStep.objects.bulk_create(steps)
    if last in (Status.RETURNED, Status.CLOSED) or (not is_up and last == Status.ACCEPTED):
        _follow_up(referral, steps[-1].on, is_up=is_up)


def _follow_up(referral: Referral, on: date, *, is_up: bool) -> None:
    cause = FollowUp.Cause.RESULT if is_up else FollowUp.Cause.DISCHARGE
    due_on = on + timedelta(days=14)
    done = {"done_on": on, "done_by": "doctor", "done_note": RESULT} if referral.status == Status.CLOSED else {}
    FollowUp.objects.create(
        resident_id=referral.resident_id, cause=cause, opened_on=on, due_on=due_on, referral=referral, **done
    )
