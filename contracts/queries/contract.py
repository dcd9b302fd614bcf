"""One contract with everything that its page tells."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, prefetch_related_objects

from contracts.models import (
    Agreement,
    Confirmation,
    Contract,
    Coverage,
    CoveragePackage,
    LifecycleEntry,
    Scan,
    Status,
)
from contracts.queries.renewals import Proposal, proposal, refusal
from contracts.rules.lifecycle import TERMINATION, is_of_today, year_to_confirm
from residents.models import Resident, is_seen
from residents.queries.memberships import populations
from service_packages.models import PackageVersion, Payer
from service_packages.rules import Reason, unsuitable
from teams.dates import age_on
from teams.models import User
from teams.policy import policy_on

NOTHING = Decimal("0.00")


@dataclass(frozen=True)
class Story:
    """A contract as of a day: its members, what they hold and cost, what came before and after, what may be done.

    `coverages` know whether the account sees their resident (`is_seen`): a member may be managed elsewhere by now.
    `elsewhere` holds the members' coverages of other contracts, `entries` the steps so far, the latest first.
    """

    contract: Contract
    day: date
    coverages: Sequence[Any]
    elsewhere: Sequence[Coverage]
    confirmed: Sequence[int]
    entries: Sequence[LifecycleEntry]

    @cached_property
    def statuses(self) -> dict[int, Status]:
        """Coverage id -> status on the day."""
        return {coverage.pk: coverage.status_on(self.day) for coverage in self.coverages}

    def having(self, *statuses: Status) -> list[Coverage]:
        """Members who have one of the statuses."""
        return [coverage for coverage in self.coverages if self.statuses[coverage.pk] in statuses]

    @cached_property
    def running(self) -> list[Coverage]:
        """Members who aren't over."""
        return self.having(Status.TO_START, Status.IN_FORCE, Status.SUSPENDED)

    @cached_property
    def undoable(self) -> list[Coverage]:
        """Members whose termination may still be taken back today."""
        last = {entry.coverage_id: entry for entry in reversed(self.entries) if entry.kind in TERMINATION}
        return [row for row in self.coverages if row.terminated_on and is_of_today(last.get(row.pk))]

    @cached_property
    def following(self) -> list[Contract]:
        """Contracts that go on with the members."""
        rows = {row.contract_id: row.contract for row in self.elsewhere if row.contract.previous_id == self.contract.pk}
        return [rows[key] for key in sorted(rows)]

    @cached_property
    def refusal(self) -> Reason | None:
        """Why it can't be renewed now, before anybody looks at packages."""
        return refusal(self.contract, self.coverages, self.elsewhere, self.day)

    @cached_property
    def proposal(self) -> Proposal:
        """What renewing would make."""
        return proposal(self.contract, self.coverages, self.elsewhere, self.day)

    @property
    def seen(self) -> int:
        """The id of the latest step, for `check_is_as_seen`."""
        return self.entries[0].pk if self.entries else 0

    @cached_property
    def year_to_confirm(self) -> int | None:
        """The contract year that is still to be confirmed."""
        policy = policy_on(self.day)
        return year_to_confirm(self.coverages, self.day, confirmed=self.confirmed, policy=policy)

    @cached_property
    def fees(self) -> list[tuple[str, Decimal]]:
        """Payer in words -> yuan a year, over all members."""
        sums = dict.fromkeys(Payer.values, NOTHING)
        for coverage in self.coverages:
            for held in coverage.packages.all():
                for charge in held.charges.all():
                    sums[charge.payer] += charge.amount
        return [(str(Payer(payer).label), amount) for payer, amount in sums.items() if amount]

    @property
    def fee(self) -> Decimal:
        """The sum over all payers."""
        return sum((amount for _payer, amount in self.fees), NOTHING)


def visible_contracts(user: User) -> QuerySet[Any]:
    """The account's contracts with what their pages name first; `has_proof`: a signature or scan is kept;
    `confirmed_years`: the contract years that were confirmed."""
    proof = Agreement.objects.filter(~Q(scan_type="") | Q(signed=Agreement.Signed.SCREEN), contract=OuterRef("pk"))
    scans = Scan.objects.filter(contract=OuterRef("pk"))
    years = Confirmation.objects.filter(contract=OuterRef("pk")).order_by("year").values("year")
    rows = Contract.objects.visible_to(user).annotate(
        has_proof=Exists(proof) | Exists(scans), confirmed_years=ArraySubquery(years)
    )
    return rows.select_related("team__institution", "representative", "previous")


def story(contract: Any, user: User, day: date) -> Story:
    """Look up what the page of a contract of `visible_contracts` tells: as many queries for ten members as for one."""
    members = Coverage.objects.filter(contract=contract).values("resident")
    rows = Coverage.objects.filter(resident__in=members).select_related("resident__village", "contract__team")
    known = list(rows.annotate(is_seen=is_seen(user)).order_by("-resident__is_head", "resident_id", "pk"))
    own = [row for row in known if row.contract_id == contract.pk]
    held = CoveragePackage.objects.select_related("version__package").prefetch_related("charges")
    prefetch_related_objects(own, "suspensions", Prefetch("packages", held.order_by("version__package__code")))
    return Story(
        contract=contract,
        day=day,
        coverages=own,
        elsewhere=[row for row in known if row.contract_id != contract.pk],
        confirmed=contract.confirmed_years,
        entries=list(contract.entries.select_related("coverage__resident").order_by("-pk")),
    )


def choices_of(told: Story) -> list[tuple[Resident, list[PackageVersion], list[int]]]:
    """For each member who isn't over: what is offered to them now or held already, and the ids of what is held."""
    published = PackageVersion.objects.filter(status=PackageVersion.Status.PUBLISHED).order_by("package__code")
    offered = list(published.prefetch_related("items"))
    groups = populations([coverage.resident for coverage in told.running], told.day)
    return [_choice(coverage, offered, groups[coverage.resident_id], told.day) for coverage in told.running]


def _choice(
    coverage: Coverage, offered: Sequence[PackageVersion], groups: set[str], day: date
) -> tuple[Resident, list[PackageVersion], list[int]]:
    resident = coverage.resident
    held = [row.version for row in coverage.packages.all()]
    taken = {version.package_id for version in held}
    age = age_on(resident.birth_date, day)
    new = [
        version
        for version in offered
        if version.package_id not in taken and not unsuitable(version, categories=groups, age=age, sex=resident.sex)
    ]
    return resident, [*held, *new], [version.pk for version in held]
