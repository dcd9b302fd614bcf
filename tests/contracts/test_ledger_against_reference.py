"""The product's ledger against the reference's, on random districts: the same windows, met by the same services."""

from datetime import timedelta
from random import Random

import pytest

from contracts.actions.ledger import make_obligations, match_services
from contracts.models import Coverage, Obligation, Service
from tests.reference.districts_ledger import stored_key
from tests.reference.examples import district, on_random_districts
from tests.reference.facts import load_facts
from tests.reference.ledger import ledger


@pytest.mark.slow
@pytest.mark.django_db
@on_random_districts(examples=6)
def test_ledger_made_from_nothing_is_the_reference(seed: int) -> None:
    with district(seed):
        Obligation.objects.filter(waived_on=None).delete()
        Obligation.objects.update(met_by=None, met_on=None)
        _make_and_match()
        _assert_same(f"seed {seed}")
        assert _make_and_match() == (0, 0)


@pytest.mark.slow
@pytest.mark.django_db
@on_random_districts(examples=6)
def test_ledger_after_services_changed_is_the_reference(seed: int) -> None:
    with district(seed):
        match_services(pairs=_change_services(Random(seed)))
        _assert_same(f"seed {seed}")


@pytest.mark.slow
@pytest.mark.django_db
@on_random_districts(examples=6)
def test_ledger_after_terms_changed_is_the_reference(seed: int) -> None:
    with district(seed):
        _change_terms(Random(seed))
        _make_and_match()
        _assert_same(f"seed {seed}")


def _make_and_match() -> tuple[int, int]:
    return make_obligations(coverages=Coverage.objects.all()), match_services()


def _change_services(rng: Random) -> set[tuple[int, int]]:
    """Delete some services and enter some on the day after another; give the (resident, item) pairs concerned."""
    taken = set(Service.objects.values_list("resident_id", "item_id", "performed_on"))
    pairs = set()
    for service in rng.sample(list(Service.objects.order_by("id")), Service.objects.count() // 5):
        pairs.add((service.resident_id, service.item_id))
        next_day = service.performed_on + timedelta(days=1)
        if rng.random() < 0.5:
            service.delete()
        elif (service.resident_id, service.item_id, next_day) not in taken:
            Service.objects.create(resident=service.resident, item=service.item, performed_on=next_day)
    return pairs


def _change_terms(rng: Random) -> None:
    """Shorten some terms and end some coverages earlier: nothing that could overlap another coverage."""
    for coverage in rng.sample(list(Coverage.objects.order_by("id")), Coverage.objects.count() // 2):
        days = (coverage.end_on - coverage.start_on).days
        some_day = coverage.start_on + timedelta(days=rng.randint(0, days))
        if rng.random() < 0.5 and coverage.terminated_on is None:
            coverage.end_on = some_day
        elif coverage.terminated_on is None:
            coverage.terminated_on = some_day
        else:
            coverage.terminated_on = min(coverage.terminated_on, some_day)
        coverage.save()


def _assert_same(where: str) -> None:
    product = {
        stored_key(row): (row.due_on, row.met_by_id, row.met_on) for row in Obligation.objects.select_related("item")
    }
    reference = {
        (owed.held, owed.item, owed.opens_on): (
            owed.due_on,
            service.key if service else None,
            service.performed_on if service else None,
        )
        for _, owed, service in ledger(load_facts())
    }
    differing = [key for key in sorted({*product, *reference}) if product.get(key) != reference.get(key)]
    lines = [f"{key}: product {product.get(key)}, reference {reference.get(key)}" for key in differing[:10]]
    assert not differing, f"{where}: {len(differing)} obligations differ\n" + "\n".join(lines)
