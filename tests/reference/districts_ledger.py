"""The obligations of a random district, with waivers, as the reference's ledger has them."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from random import Random

from contracts.models import Coverage, Obligation
from service_packages.models import Item
from tests.reference.facts import Facts, Waiver, load_facts
from tests.reference.ledger import ledger

WAIVED_SHARE = 0.1


def write_ledger(rng: Random, near: Callable[..., date]) -> None:
    """Write every obligation, some of them waived on a day that `near` draws, with the service that met it."""
    facts = load_facts()
    facts = replace(facts, waivers=_waivers(rng, near, facts))
    waived = {(row.held, row.item, row.opens_on): row.waived_on for row in facts.waivers}
    items, teams = dict(Item.objects.values_list("code", "id")), dict(Coverage.objects.values_list("id", "team"))
    rows = [
        Obligation(
            coverage_id=coverage.key,
            resident_id=coverage.resident,
            team_id=teams[coverage.key],
            held_id=owed.held,
            item_id=items[owed.item],
            opens_on=owed.opens_on,
            due_on=owed.due_on,
            met_by_id=service.key if service else None,
            met_on=service.performed_on if service else None,
            waived_on=waived.get((owed.held, owed.item, owed.opens_on)),
        )
        for coverage, owed, service in ledger(facts)
    ]
    for row in rows:
        if row.waived_on:
            row.waived_by, row.waiver = "somebody", rng.choice(Obligation.Waiver.values)
    Obligation.objects.bulk_create(rows)


def _waivers(rng: Random, near: Callable[..., date], facts: Facts) -> list[Waiver]:
    """Waivers around the due date and around days on which the resident got that very service."""
    given = defaultdict(list)
    for service in facts.services:
        given[service.resident, service.item].append(service.performed_on)
    return [
        Waiver(owed.held, owed.item, owed.opens_on, near(owed.due_on, *given[coverage.resident, owed.item]))
        for coverage, owed, _ in ledger(facts)
        if rng.random() < WAIVED_SHARE
    ]


def stored_key(row: Obligation) -> tuple[int, str, date]:
    """What tells a stored obligation from every other: held package, item, first day of its window."""
    return row.held_id, row.item.code, row.opens_on
