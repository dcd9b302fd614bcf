"""What coverages hold and what it costs: prices and payer shares, copied once and never changed by a later package
(docs/rules.md 6)."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django.db import connection, transaction

from contracts.actions.ledger import SQL
from contracts.models import CoveragePackage
from residents.categories import categories
from service_packages.models import PayerShare
from teams.dates import last_born_with_age
from teams.policy import policy_on

HOLD_PACKAGES = (SQL / "hold_packages.sql").read_text()
PAYERS = (SQL / "payers.sql").read_text()
COPY_PRICES = (SQL / "copy_prices.sql").read_text() + PAYERS
AT_ONCE = 20_000
# Categories that age decides; their rules need to know the ages of the day (docs/rules.md 2).
BY_AGE = ("elderly", "child")


@transaction.atomic
def hold_packages(*, rows: Iterable[tuple[int, int]]) -> int:
    """Let coverages hold package versions, `rows` of coverage id and version id, with price and charges as of now.

    The payers of a version's shares bear its price: those of a category that the resident belongs to on the first day
    and that has shares of its own, else the others. Of several such categories the one whose shares leave the resident
    the least to pay counts, of equal ones the first. Without shares the resident pays.
    Returns how many are new; those held already stay as they were signed.
    """
    pairs = sorted(set(rows))
    made = 0
    for start in range(0, len(pairs), AT_ONCE):
        coverages, versions = map(list, zip(*pairs[start : start + AT_ONCE], strict=True))
        lock_versions(versions)
        made += _hold(coverages, versions)
        _copy_prices(coverages, _days_when_age_matters(coverages))
    return made


@transaction.atomic(savepoint=False)
def hold_new(*, rows: Iterable[tuple[int, int]], start_on: date) -> None:
    """`hold_packages` for new coverages that all begin on `start_on`, and versions that the caller has locked."""
    coverages, versions = map(list, zip(*sorted(set(rows)), strict=True))
    _hold(coverages, versions)
    _copy_prices(coverages, [start_on])


def lock_versions(version_ids: list[int]) -> None:
    """Until the end of the transaction nobody changes or retires these versions (service_packages.actions); others may
    sign for them at the same time."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select from service_packages_packageversion where id = any(%s) order by id for key share", [version_ids]
        )


def payer_parameters(days: Collection[date]) -> dict[str, list[Any]]:
    """What payers.sql asks for besides the rows to price; `days` are those on which terms begin and age matters."""
    ages = [policy_on(day) for day in days]
    return {
        "categories": [category.code for category in categories()],
        "starts": list(days),
        "elderly_born_by": [
            last_born_with_age(policy["elderly_age"], day) for day, policy in zip(days, ages, strict=True)
        ],
        "grown_born_by": [
            last_born_with_age(policy["child_age"] + 1, day) for day, policy in zip(days, ages, strict=True)
        ],
    }


def _hold(coverage_ids: list[int], version_ids: list[int]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(HOLD_PACKAGES, {"coverages": coverage_ids, "versions": version_ids})
        return cursor.rowcount


def _copy_prices(coverage_ids: Collection[int], days: Collection[date]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(COPY_PRICES, {**payer_parameters(days), "coverages": sorted(set(coverage_ids))})


def _days_when_age_matters(coverage_ids: list[int]) -> list[date]:
    """First days of the terms of coverages that hold a version with shares by age."""
    by_age = PayerShare.objects.filter(category__in=BY_AGE).values("version")
    held = CoveragePackage.objects.filter(coverage__in=coverage_ids, version__in=by_age)
    return list(held.values_list("coverage__start_on", flat=True).distinct())
