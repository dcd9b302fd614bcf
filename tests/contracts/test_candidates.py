"""Who should be signed, why and since when; signing takes them off the list."""

from datetime import date, timedelta

import pytest

from contracts.actions import problems, signing
from contracts.models import Candidate
from residents.actions.transfers import transfer
from residents.models import Resident
from teams.clock import today
from teams.dates import add_months
from teams.models import PolicyValue, Role
from teams.models.accounts import SYSTEM
from tests import factories

pytestmark = pytest.mark.django_db
LONG_AGO = date(2015, 1, 1)


def look() -> dict[Resident, Candidate]:
    """Check the district; resident -> candidate."""
    assert problems.check(check_id=problems.request().pk)
    return {candidate.resident: candidate for candidate in Candidate.objects.select_related("resident")}


def days_ago(days: int) -> date:
    return today() - timedelta(days=days)


def grown(**fields: object) -> Resident:
    return factories.make_resident(born=add_months(today(), -12 * 40), registered_on=LONG_AGO, **fields)


def elderly(**fields: object) -> Resident:
    return factories.make_resident(**{"born": date(1940, 5, 1), "registered_on": LONG_AGO} | fields)


def reason_and_day(candidate: Candidate) -> tuple[str, date, bool]:
    return candidate.reason, candidate.since, candidate.is_new


def test_only_key_populations_without_a_contract_are_listed() -> None:
    old, child = elderly(), factories.make_resident(born=days_ago(1000))
    sick = grown(registers={"diabetes": LONG_AGO})
    grown()
    elderly(died_on=today())
    factories.make_coverage(resident=elderly(), start_on=today(), end_on=today())
    assert set(look()) == {old, child, sick}


def test_contract_that_has_not_begun_or_is_suspended_counts_as_signed() -> None:
    later, paused = elderly(), elderly()
    factories.make_coverage(resident=later, start_on=today() + timedelta(days=9), end_on=today() + timedelta(days=99))
    coverage = factories.make_coverage(resident=paused, start_on=today(), end_on=today() + timedelta(days=9))
    coverage.suspensions.create(from_on=today())
    assert look() == {}


def test_reason_is_the_latest_thing_that_happened_with_its_day() -> None:
    new = grown(registers={"hypertension": days_ago(5)})
    turned = elderly(born=add_months(days_ago(3), -12 * 65))
    moved = elderly()
    transfer(resident=moved, institution=factories.make_institution(), village=None, on=days_ago(2), by=SYSTEM)
    arrived = elderly(registered_on=days_ago(7))
    ended = elderly()
    factories.make_coverage(resident=ended, start_on=LONG_AGO, end_on=days_ago(5))
    cut = elderly()
    factories.make_coverage(resident=cut, start_on=LONG_AGO, end_on=today(), terminated_on=days_ago(6))
    standing = elderly()
    found = look()
    assert {resident: reason_and_day(found[resident]) for resident in found} == {
        new: ("register", days_ago(5), True),
        turned: ("age", days_ago(3), True),
        moved: ("moved_in", days_ago(2), True),
        arrived: ("moved_in", days_ago(7), True),
        ended: ("ended", days_ago(4), True),
        cut: ("ended", days_ago(6), True),
        standing: ("standing", LONG_AGO, False),
    }


def test_birthday_of_29_february_is_1_march() -> None:
    PolicyValue.objects.create(code="to_sign_new_days", value=40_000, from_on=LONG_AGO)
    born = elderly(born=date(1940, 2, 29), registered_on=None)
    assert reason_and_day(look()[born]) == ("age", date(2005, 3, 1), True)


def test_how_long_somebody_is_new_is_a_dated_policy() -> None:
    resident = grown(registers={"diabetes": days_ago(31)})
    assert not look()[resident].is_new
    PolicyValue.objects.create(code="to_sign_new_days", value=31, from_on=today())
    assert look()[resident].is_new


def test_signing_takes_people_off_the_list_at_once() -> None:
    resident, other = elderly(), elderly()
    look()
    signing.sign(
        team=factories.make_team(),
        signed_on=today(),
        members={resident: [factories.make_package()]},
        start_on=today(),
        end_on=add_months(today(), 12) - timedelta(days=1),
        by=SYSTEM,
    )
    assert [candidate.resident for candidate in Candidate.objects.all()] == [other]
    assert set(look()) == {other}


def test_clerk_and_doctor_see_their_own_candidates() -> None:
    own, village = factories.make_institution(), factories.make_village()
    team = factories.make_team(institution=own, villages=[village])
    at_home, elsewhere = elderly(institution=own, village=village), elderly(institution=own)
    elderly()
    look()
    clerk = factories.make_user(Role.CLERK, institution=own)
    doctor, auditor = factories.make_doctor(team), factories.make_user(Role.AUDITOR)
    seen = [
        set(Candidate.objects.visible_to(user).values_list("resident", flat=True)) for user in (clerk, doctor, auditor)
    ]
    assert seen == [{at_home.pk, elsewhere.pk}, {at_home.pk}, set()]
