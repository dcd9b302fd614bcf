"""Transfers hold from their day; months before it stay as they were."""

from datetime import date

import pytest

from assessments.actions import months
from assessments.models import ResidentMonth
from residents.actions.transfers import transfer
from residents.models import Resident
from teams.models.accounts import SYSTEM
from teams.rules import RuleViolation
from tests import factories

pytestmark = pytest.mark.django_db


def test_transfer_counts_from_its_day_and_leaves_earlier_months_alone() -> None:
    here, there = factories.make_institution(), factories.make_institution()
    resident = factories.make_resident(institution=here)

    transfer(resident=resident, institution=there, village=None, on=date(2018, 10, 31), by=SYSTEM)

    for month, place in ((date(2018, 9, 1), here), (date(2018, 10, 1), there)):
        revision = months.compute(month=month)
        assert ResidentMonth.objects.get(revision=revision, resident=resident).institution == place


def test_transfer_keeps_the_old_row_with_who_did_it() -> None:
    resident = factories.make_resident()
    there = factories.make_institution()
    transfer(resident=resident, institution=there, village=None, on=date(2018, 5, 1), by=SYSTEM)
    event = Resident.pgh_event_model.objects.get(id=resident.pk)
    assert event.institution_id == resident.institution_id
    assert event.pgh_context.metadata["action"] == "transfer"


@pytest.mark.parametrize(
    ("on", "code"),
    [
        (date(2018, 5, 1), "resident.transferred_since"),
        (date(2018, 4, 30), "resident.transferred_since"),
        (date(2999, 1, 1), "resident.transfer_in_future"),
    ],
)
def test_transfer_out_of_order_or_in_the_future_is_refused(on: date, code: str) -> None:
    resident = factories.make_resident()
    first, second = factories.make_institution(), factories.make_institution()
    transfer(resident=resident, institution=first, village=None, on=date(2018, 5, 1), by=SYSTEM)
    with pytest.raises(RuleViolation) as refusal:
        transfer(resident=resident, institution=second, village=None, on=on, by=SYSTEM)
    assert refusal.value.code == code


def test_transfer_to_where_the_resident_is_already_is_refused() -> None:
    resident = factories.make_resident()
    with pytest.raises(RuleViolation) as refusal:
        transfer(resident=resident, institution=resident.institution, village=resident.village, by=SYSTEM)
    assert refusal.value.code == "resident.same_place"
