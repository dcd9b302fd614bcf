"""The obligations of a random district, with waivers, as the reference's ledger has them."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from random import Random

from contracts.models import Obligation, Service
from service_packages.models import Item
from tests.reference.facts import load_facts
from tests.reference.ledger import ledger


def write_ledger(rng: Random, near: Callable[..., date]) -> None:
    """Write every obligation, waive some on a day that `near` draws, then write what met the rest."""
    items = dict(Item.objects.values_list("code", "id"))
    rows = [
        Obligation(
            coverage_id=coverage.key,
            resident_id=coverage.resident,
            held_id=owed.held,
            item_id=items[owed.item],
            opens_on=owed.opens_on,
            due_on=owed.due_on,
        )
        for coverage, owed, _ in ledger(load_facts())
    ]
    given = defaultdict(list)
    for resident, item, day in Service.objects.order_by("id").values_list("resident_id", "item_id", "performed_on"):
        given[resident, item].append(day)
    for row in rows:
        if rng.random() < 0.1:
            row.waived_on = near(row.due_on, *given[row.resident_id, row.item_id])
            row.waived_by, row.waiver = "somebody", rng.choice(Obligation.Waiver.values)
    Obligation.objects.bulk_create(rows)
    write_matches()


def write_matches() -> None:
    """Write into the stored obligations which service met each of them, by the reference."""
    stored = {(row.held_id, row.item.code, row.opens_on): row for row in Obligation.objects.select_related("item")}
    for _, owed, service in ledger(load_facts()):
        row = stored[owed.held, owed.item, owed.opens_on]
        row.met_by_id = service.key if service else None
        row.met_on = service.performed_on if service else None
    Obligation.objects.bulk_update(stored.values(), ["met_by", "met_on"], batch_size=500)
