"""One contract with everything that its page tells."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from contracts.models import Agreement, Contract, Coverage, CoveragePackage, Scan, Status
from contracts.queries.renewals import Proposal, proposals
from contracts.rules.lifecycle import terminated_today, year_to_confirm
from residents.models import Resident
from residents.queries.memberships import populations
from service_packages.models import PackageVersion, Payer
from service_packages.rules import unsuitable
from teams.dates import age_on
from teams.models import User
from teams.policy import policy_on

NOTHING = Decimal("0.00")


@dataclass(frozen=True)
class Story:
    """A contract as of a day: its members, what they hold and cost, what came before and after, what may be done."""

    contract: Contract
    day: date
    coverages: Sequence[Coverage]
    following: Sequence[Contract]
    confirmed: Sequence[int]

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
        return [row for row in self.coverages if row.terminated_on and terminated_today(row)]

    @cached_property
    def proposal(self) -> Proposal:
        """What renewing would make."""
        return proposals([self.contract], self.day)[0]

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
    """The account's contracts with what their pages name first; `has_proof`: a signature or scan is kept."""
    proof = Agreement.objects.filter(~Q(scan_type="") | Q(signed=Agreement.Signed.SCREEN), contract=OuterRef("pk"))
    scans = Scan.objects.filter(contract=OuterRef("pk"))
    rows = Contract.objects.visible_to(user).annotate(has_proof=Exists(proof) | Exists(scans))
    return rows.select_related("team__institution", "representative", "previous")


def story(contract: Contract, day: date) -> Story:
    """Look up what the page of a contract tells: as many queries for ten members as for one."""
    held = CoveragePackage.objects.select_related("version__package").prefetch_related("charges")
    rows = contract.coverages.select_related("resident__village").prefetch_related(
        "suspensions", Prefetch("packages", held.order_by("version__package__code"))
    )
    return Story(
        contract=contract,
        day=day,
        coverages=list(rows.order_by("-resident__is_head", "resident_id")),
        following=list(contract.following.select_related("team").order_by("pk")),
        confirmed=list(contract.confirmations.values_list("year", flat=True)),
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
