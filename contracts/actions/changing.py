"""Another team or other packages while a contract runs: a contract that follows takes up what is left of the term."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contracts.actions.ending import lock_contract
from contracts.actions.fees import carry_over
from contracts.actions.ledger import SQL, make_obligations, match_services
from contracts.actions.lifecycle import enter
from contracts.actions.numbers import next_number
from contracts.actions.packages import hold_packages, lock_versions
from contracts.actions.waivers import fit_waivers
from contracts.models import Contract, Coverage, LifecycleEntry, Suspension
from contracts.rules import check_versions
from contracts.rules.lifecycle import (
    check_can_change_team,
    check_can_continue,
    check_consent,
    check_has_begun,
    check_team_exists,
)
from service_packages.models import PackageVersion
from teams.clock import today
from teams.history import made_by
from teams.models import Team, User
from teams.models.accounts import SystemAccount
from teams.rules import RuleViolation

Account = User | SystemAccount
Origin, Kind = Contract.Origin, LifecycleEntry.Kind

KEEP_PACKAGES = (SQL / "keep_packages.sql").read_text()
STEPS = {
    Origin.TEAM_CHANGE: Kind.TEAM_CHANGED,
    Origin.PACKAGE_CHANGE: Kind.PACKAGES_CHANGED,
    Origin.HANDOVER: Kind.HANDED_OVER,
}


@transaction.atomic
def change_team(
    *,
    contract: Contract,
    team: Team,
    on: date,
    consent: str,
    origin: str = Origin.TEAM_CHANGE,
    seen: int | None = None,
    by: Account,
) -> Contract:
    """From `on` to the end of the term another team cares for everybody who is still covered; the new contract.

    Packages, prices and payers stay as they were signed. The old coverages end the day before.
    A contract that begins later begins with the other team.
    Raises RuleViolation: contract.changed_since, .consent, .over, .followed, .not_begun, .same_team, .no_team.
    """
    check_consent(consent)
    with made_by(by, "contracts.change_team"):
        contract = lock_contract(contract, seen)
        coverages = still_covered(contract, on)
        check_can_continue(contract, coverages, on=on)
        if origin == Origin.TEAM_CHANGE:
            check_has_begun(coverages, on=on)
        check_can_change_team(contract, team, on=on)
        following = _follow(contract, coverages, team=team, on=on, origin=origin, by=by)
        _keep_packages(following)
        return _settled(contract, following, on=on, consent=consent, by=by)


@transaction.atomic
def change_packages(
    *,
    contract: Contract,
    packages: Mapping[int, Sequence[PackageVersion]],
    on: date,
    consent: str,
    seen: int | None = None,
    by: Account,
) -> Contract:
    """From `on` to the end of the term the members hold these packages, resident id -> versions; the new contract.

    What somebody held already keeps the price it was signed for; what is new has today's. Members who aren't named
    keep what they hold.
    Raises RuleViolation: contract.changed_since, .consent, .over, .followed, .not_begun, .no_team, .no_packages,
    .package_not_in_use, .same_packages; package.twice, .exclusive.
    """
    check_consent(consent)
    with made_by(by, "contracts.change_packages"):
        contract = lock_contract(contract, seen)
        lock_versions([version.pk for versions in packages.values() for version in versions])
        coverages = still_covered(contract, on)
        check_can_continue(contract, coverages, on=on)
        check_has_begun(coverages, on=on)
        check_team_exists(contract.team, on)
        held = _held(coverages)
        _check_choice(packages, held)
        following = _follow(contract, coverages, team=contract.team, on=on, origin=Origin.PACKAGE_CHANGE, by=by)
        _keep_packages(following, {key: [version.pk for version in versions] for key, versions in packages.items()})
        _add_packages(following, packages)
        return _settled(contract, following, on=on, consent=consent, by=by)


def still_covered(contract: Contract, on: date) -> list[Coverage]:
    """Coverages of the contract that aren't over on the day, locked with their residents."""
    rows = contract.coverages.select_related("resident").select_for_update(no_key=True).order_by("resident_id")
    return list(rows.filter(pk__in=contract.coverages.not_over_on(on).values("pk")))


def _check_choice(packages: Mapping[int, Sequence[PackageVersion]], held: Mapping[int, set[int]]) -> None:
    """Everybody who is named holds something, each package once; what is new to them is in use."""
    chosen = {key: {version.pk for version in versions} for key, versions in packages.items()}
    if all(chosen[key] == held[key] for key in chosen.keys() & held.keys()):
        raise RuleViolation("contract.same_packages", _("These are the packages that they have already."))
    new = {version for key in chosen for version in chosen[key] - held.get(key, set())}
    check_versions(list(packages.values()), kept=set().union(*chosen.values()) - new)


def _held(coverages: Iterable[Coverage]) -> dict[int, set[int]]:
    """Resident id -> ids of the versions held."""
    return {row.resident_id: set(row.packages.values_list("version", flat=True)) for row in coverages}


def _follow(
    contract: Contract, coverages: Collection[Coverage], *, team: Team, on: date, origin: str, by: Account
) -> Contract:
    """End the coverages and give each one in a new contract for the rest of its term, pauses included."""
    following = Contract.objects.create(
        number=next_number(institution=team.institution, year=today().year),
        team=team,
        signed_on=today(),
        representative_id=contract.representative_id,
        previous=contract,
        origin=origin,
    )
    rows = [(coverage, max(on, coverage.start_on), Coverage(contract=following)) for coverage in coverages]
    for coverage, start_on, new in rows:
        new.resident_id, new.start_on, new.end_on = coverage.resident_id, start_on, coverage.end_on
        new.terminated_on, new.termination_reason = coverage.terminated_on, coverage.termination_reason
        coverage.terminated_on, coverage.termination_reason = start_on, Coverage.Reason.CHANGED
    Coverage.objects.bulk_update(coverages, ["terminated_on", "termination_reason"])
    Coverage.objects.bulk_create([new for _coverage, _start_on, new in rows])
    Suspension.objects.bulk_create(
        Suspension(coverage=new, from_on=max(pause.from_on, start_on), to_on=pause.to_on, reason=pause.reason)
        for coverage, start_on, new in rows
        for pause in coverage.suspensions.filter(Q(to_on=None) | Q(to_on__gt=start_on))
    )
    return following


def _keep_packages(following: Contract, chosen: Mapping[int, Sequence[int]] | None = None) -> None:
    """Let the new coverages hold what the old ones held, as signed; of residents in `chosen` only those versions."""
    pairs = [(resident, version) for resident, versions in (chosen or {}).items() for version in versions]
    residents, versions = map(list, zip(*pairs, strict=True)) if pairs else ([], [])
    with connection.cursor() as cursor:
        cursor.execute(
            KEEP_PACKAGES,
            {"contract": following.pk, "named": list(chosen or ()), "residents": residents, "versions": versions},
        )


def _add_packages(following: Contract, packages: Mapping[int, Sequence[PackageVersion]]) -> None:
    ids = dict(following.coverages.values_list("resident", "pk"))
    pairs = ((ids[key], version.pk) for key, versions in packages.items() if key in ids for version in versions)
    hold_packages(rows=pairs)


def _settled(contract: Contract, following: Contract, *, on: date, consent: str, by: Account) -> Contract:
    """Let obligations, outcomes and accounts of both contracts follow, and enter the step."""
    coverages = Coverage.objects.filter(contract__in=[contract, following])
    make_obligations(coverages=coverages)
    match_services(coverages=coverages)
    carry_over(contract=contract, following=following, on=on, by=by)
    fit_waivers(coverages=list(coverages.values_list("pk", flat=True)), by=by)
    kind = STEPS[Origin(following.origin)]
    enter(contract=contract, kind=kind, on=on, reason=following.number, consent=consent, by=by)
    enter(contract=following, kind=Kind.SIGNED, on=on, consent=consent, by=by)
    return following
