"""Signing contracts."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from django.db import IntegrityError, transaction

from contracts.actions.candidates import take_off
from contracts.actions.ledger import begin_ledger
from contracts.actions.lifecycle import enter
from contracts.actions.numbers import next_number
from contracts.actions.packages import hold_new, lock_versions
from contracts.models import Contract, Coverage, LifecycleEntry
from contracts.rules import (
    check_can_sign,
    check_no_overlap,
    check_number_is_free,
    constraint_of,
)
from residents.models import Resident
from service_packages.models import PackageVersion
from teams.history import made_by
from teams.models import Team, User
from teams.models.accounts import SystemAccount


def sign(
    *,
    number: str = "",
    team: Team,
    signed_on: date,
    representative: Resident | None = None,
    members: Mapping[Resident, Sequence[PackageVersion]],
    start_on: date,
    end_on: date,
    previous: Contract | None = None,
    origin: str = Contract.Origin.NEW,
    by: User | SystemAccount,
) -> Contract:
    """Sign the members, each with the own packages, to the team: a contract, coverages, prices, charges, obligations.

    Without a number the contract gets the next one of the team's institution. Services given within the term already
    are matched. Raises RuleViolation: contract.number_taken, .dates_reversed, .term_too_long, .term_not_allowed,
    .starts_in_past, .signed_in_future, .no_team, .no_members, .not_in_population, .no_packages, .package_not_in_use,
    .overlap (naming the other contract, also when two sign at once); package.* for packages that exclude each other,
    and for those that are a must and not for the person (`service_packages.rules.unsuitable`).
    """
    contract = Contract(
        number=number, team=team, signed_on=signed_on, representative=representative, previous=previous, origin=origin
    )
    try:
        with transaction.atomic(), made_by(by, "contracts.sign"):
            _lock(members)
            lock_versions(sorted({version.pk for versions in members.values() for version in versions}))
            check_can_sign(contract, members=members, start_on=start_on, end_on=end_on)
            contract.number = number or next_number(institution=team.institution, year=signed_on.year)
            contract.save(force_insert=True)
            _promise(_cover(contract, members, start_on, end_on), members)
            enter(contract=contract, kind=LifecycleEntry.Kind.SIGNED, on=start_on, by=by)
    except IntegrityError as error:
        # What the rules could not see yet, an import's row, the database refuses.
        if constraint_of(error) == "contracts_coverage_one_at_a_time":
            check_no_overlap(resident_ids=[member.pk for member in members], start_on=start_on, end_on=end_on)
        check_number_is_free(contract.number)
        raise
    return contract


def _cover(contract: Contract, members: Collection[Resident], start_on: date, end_on: date) -> list[Coverage]:
    return Coverage.objects.bulk_create(
        Coverage(contract=contract, resident=member, start_on=start_on, end_on=end_on)
        for member in sorted(members, key=lambda member: member.pk)
    )


def _promise(coverages: Sequence[Coverage], members: Mapping[Resident, Sequence[PackageVersion]]) -> None:
    """Let each coverage hold the packages of its resident, and owe what they promise."""
    rows = [(coverage.pk, version.pk) for coverage in coverages for version in members[coverage.resident]]
    hold_new(rows=rows, start_on=coverages[0].start_on)
    begin_ledger(coverage_ids=[coverage.pk for coverage in coverages])
    take_off(coverage.resident_id for coverage in coverages)


def _lock(members: Collection[Resident]) -> None:
    """Of two who sign the same people at once, the second waits here and then reads which contract they have."""
    ids = [member.pk for member in members]
    list(Resident.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").values_list("pk"))
