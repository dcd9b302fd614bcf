"""Which contracts are to be confirmed, and for which of their years."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from contracts.models import Confirmation, Contract, Coverage
from contracts.rules.lifecycle import year_to_confirm
from teams.policy import policy_on


def open_years(contracts: Collection[Contract], day: date) -> dict[int, int | None]:
    """Contract id -> the year that is to be confirmed on the day, or None; four queries, however many contracts."""
    coverages: dict[int, list[Coverage]] = defaultdict(list)
    rows = Coverage.objects.filter(contract__in=contracts).select_related("resident").prefetch_related("suspensions")
    for coverage in rows:
        coverages[coverage.contract_id].append(coverage)
    confirmed: dict[int, list[int]] = defaultdict(list)
    for contract, year in Confirmation.objects.filter(contract__in=contracts).values_list("contract", "year"):
        confirmed[contract].append(year)
    policy = policy_on(day)
    return {
        contract.pk: year_to_confirm(coverages[contract.pk], day, confirmed=confirmed[contract.pk], policy=policy)
        for contract in contracts
    }
