"""What may be signed, ended, entered and waived (docs/rules.md 1, 5, 6). Imported rows pass the same checks of what
cannot be true: `check_term`, `check_no_overlap`, `check_service_date`, `check_readings`."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import IntegrityError
from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from contracts import readings
from contracts.models import Agreement, Attempt, Contract, Coverage, FollowUp, LifecycleEntry, Obligation, Service
from residents.models import Resident
from residents.queries.memberships import populations
from service_packages.models import PackageVersion
from service_packages.rules import incompatible, unsuitable
from teams.clock import today
from teams.dates import ONE_DAY, add_months, age_on
from teams.models import Team
from teams.policy import policy_on
from teams.rules import RuleViolation

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LONGEST_TERM_YEARS = 10
LEAST_AGE_TO_SIGN = 18  # for the household; the civil code's age of majority


@dataclass(frozen=True)
class Conflict:
    """A sentence about a signing. An error stands in its way, a warning does not; `contract` is one in the way."""

    code: str
    message: "StrOrPromise"
    is_error: bool = True
    contract: Contract | None = None


def constraint_of(error: IntegrityError) -> str:
    """The name of the database constraint that refused a write."""
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""


# --- Signing --------------------------------------------------------------------------------------------------------


def check_can_sign(
    contract: Contract, *, members: Mapping[Resident, Sequence[PackageVersion]], start_on: date, end_on: date
) -> None:
    """A contract has a number of its own, a term, members who live here then, a team, and packages in use.

    One that follows another may take up what is left of its term; a new one runs for the years that policy allows.
    """
    if contract.number:
        check_number_is_free(contract.number)
    check_term(start_on, end_on)
    if contract.signed_on > today():
        raise RuleViolation("contract.signed_in_future", _("The day of signing lies in the future."))
    if contract.previous is None:
        check_term_is_allowed(start_on, end_on)
        check_starts_after_signing(contract.signed_on, start_on)
    if not Team.objects.existing_on(start_on).filter(pk=contract.team_id).exists():
        raise RuleViolation("contract.no_team", _("The team does not exist on the first day of the contract."))
    _check_members(members, start_on)
    check_versions(list(members.values()))
    _check_suits(members, start_on)
    check_no_overlap(resident_ids=[member.pk for member in members], start_on=start_on, end_on=end_on)


def check_can_prepare(conflicts: Iterable[Conflict], *, people: int) -> None:
    """An agreement is made for at least one person, when nothing on the desk stands in its way."""
    if not people:
        raise RuleViolation("draft.nobody", _("Tick at least one person who signs."))
    for conflict in conflicts:
        if conflict.is_error:
            raise RuleViolation(conflict.code, conflict.message)


def check_evidence(signed: str, *, has_signature: bool) -> None:
    """A contract is signed on paper, or on the screen by a drawn signature."""
    if signed not in Agreement.Signed.values:
        raise RuleViolation("agreement.how", _("Say how it was signed: on paper or on the screen."))
    if (signed == Agreement.Signed.SCREEN) != has_signature:
        raise RuleViolation("agreement.no_signature", _("The signature is missing: let it be drawn in the box."))


def check_number_is_free(number: str) -> None:
    """No two contracts have one number."""
    if Contract.objects.filter(number=number).exists():
        raise RuleViolation(
            "contract.number_taken", format_lazy(_("There is a contract {number} already."), number=number)
        )


def check_term(start_on: date, end_on: date) -> None:
    """A term ends on or after its first day, within ten years: a longer one is a mistyped year."""
    if end_on < start_on:
        raise RuleViolation("contract.dates_reversed", _("The contract would end before it begins."))
    if end_on >= add_months(start_on, 12 * LONGEST_TERM_YEARS):
        raise RuleViolation(
            "contract.term_too_long",
            format_lazy(_("A contract runs for at most {years} years."), years=LONGEST_TERM_YEARS),
        )


def check_term_is_allowed(start_on: date, end_on: date) -> None:
    """A term lasts from the least to the most years of the district's policy (one to three)."""
    policy = policy_on(start_on)
    least, most = policy["term_years_least"], policy["term_years_most"]
    if not end_of_term(start_on, least) <= end_on <= end_of_term(start_on, most):
        raise RuleViolation(
            "contract.term_not_allowed",
            format_lazy(
                ngettext_lazy("A contract runs for {most} year.", "A contract runs for {least} to {most} years.", most),
                least=least,
                most=most,
            ),
        )


def check_starts_after_signing(signed_on: date, start_on: date) -> None:
    """Nothing is promised for days before the signing."""
    if start_on < signed_on:
        raise RuleViolation(
            "contract.starts_in_past", _("The contract begins on the day of signing or later, not before it.")
        )


def end_of_term(start_on: date, years: int) -> date:
    """The last day of a term of whole years."""
    return add_months(start_on, 12 * years) - ONE_DAY


def check_no_overlap(*, resident_ids: Collection[int], start_on: date, end_on: date) -> None:
    """A resident has at most one coverage at a time (docs/rules.md 1); the refusal names the other contract."""
    others = Coverage.objects.filter(resident__in=resident_ids).overlapping(start_on, end_on)
    if found := others.order_by("start_on").values_list("pk", flat=True).first():
        shown = Coverage.objects.select_related("contract__team", "resident").prefetch_related("contract__entries")
        other = shown.get(pk=found)
        raise RuleViolation("contract.overlap", overlap_message(other))


def overlap_message(other: Coverage) -> "StrOrPromise":
    """Who is covered already: by which contract, with whom, signed when and by whom, from when to when."""
    entries = other.contract.entries.all()
    entry = next((entry for entry in entries if entry.kind == LifecycleEntry.Kind.SIGNED), None)
    return format_lazy(
        _(
            "{name} is covered by contract {number} with {team} (signed {signed}) from {start} to {end}. "
            "Choose other dates or end it first."
        ),
        name=other.resident.name,
        number=other.contract.number,
        team=other.contract.team.name,
        signed=f"{other.contract.signed_on}, {entry.entered_by}" if entry else other.contract.signed_on,
        start=other.start_on,
        end=other.last_on,
    )


def _check_members(members: Collection[Resident], start_on: date) -> None:
    ids = {member.pk for member in members}
    if not members:
        raise RuleViolation("contract.no_members", _("A contract covers at least one person."))
    present = set(Resident.objects.in_population_on(start_on).filter(pk__in=ids).values_list("pk", flat=True))
    absent = next((member for member in members if member.pk not in present), None)
    if absent:
        raise RuleViolation(
            "contract.not_in_population",
            format_lazy(
                _("{name} is not in the population on {day}: not born or registered yet, moved away, or dead."),
                name=absent.name,
                day=start_on,
            ),
        )


def check_versions(choices: Sequence[Sequence[PackageVersion]], *, kept: Collection[int] = ()) -> None:
    """Everyone holds something, each package once, of what is offered now; ids in `kept` may be past offers."""
    if not all(choices):
        raise RuleViolation("contract.no_packages", _("Everyone in a contract holds at least one package."))
    for reason in (reason for versions in choices for reason in incompatible(versions)):
        raise RuleViolation(reason.code, reason.message)
    chosen = {version.pk for versions in choices for version in versions} - set(kept)
    present = PackageVersion.objects.filter(pk__in=chosen, status=PackageVersion.Status.PUBLISHED)
    if present.count() < len(chosen):
        raise RuleViolation(
            "contract.package_not_in_use",
            _("A package was changed or is no longer offered. Load the page again and choose anew."),
        )


def _check_suits(members: Mapping[Resident, Sequence[PackageVersion]], start_on: date) -> None:
    """A package that refuses people whom it is not for is held only by those whom it is for."""
    strict = {
        member: kept
        for member, versions in members.items()
        if (kept := [version for version in versions if version.is_must])
    }
    belonging = populations(strict, start_on) if strict else {}
    for member, versions in strict.items():
        for version in versions:
            age = age_on(member.birth_date, start_on)
            for reason in unsuitable(version, categories=belonging[member.pk], age=age, sex=member.sex):
                raise RuleViolation(
                    reason.code,
                    format_lazy(
                        _("{name}, {package}: {reason}"), name=member.name, package=version.name, reason=reason.message
                    ),
                )


# --- Ending and suspending ------------------------------------------------------------------------------------------


def check_can_terminate(coverage: Coverage, *, on: date, reason: str) -> None:
    """A coverage ends early once, on a day of its term (the first day no longer in force), for a reason."""
    if coverage.terminated_on:
        raise RuleViolation(
            "coverage.terminated",
            format_lazy(_("The contract was terminated on {day} already."), day=coverage.terminated_on),
        )
    _check_in_term(coverage, on)
    if reason not in Coverage.Reason.values:
        raise RuleViolation("coverage.reason", _("Choose why the contract ends."))


def check_can_suspend(coverage: Coverage, *, from_on: date, to_on: date | None) -> None:
    """A coverage is suspended from a day of its term on, and not twice at a time."""
    _check_in_term(coverage, from_on)
    if to_on and to_on <= from_on:
        raise RuleViolation("coverage.dates_reversed", _("The suspension would end before it begins."))
    later = coverage.suspensions.filter(Q(to_on=None) | Q(to_on__gt=from_on))
    if (later.filter(from_on__lt=to_on) if to_on else later).exists():
        raise RuleViolation("coverage.suspended", _("The contract is suspended within these days already."))


def check_can_resume(coverage: Coverage, *, on: date) -> None:
    """A coverage is resumed on a day on which it is suspended."""
    if not coverage.suspensions.on(on).exists():
        raise RuleViolation("coverage.not_suspended", format_lazy(_("The contract is not suspended on {day}."), day=on))


def _check_in_term(coverage: Coverage, day: date) -> None:
    if not coverage.start_on <= day <= coverage.last_on:
        raise RuleViolation(
            "coverage.not_in_term",
            format_lazy(
                _("The day must lie within the contract: {start} to {end}."),
                start=coverage.start_on,
                end=coverage.last_on,
            ),
        )


# --- Services and waivers -------------------------------------------------------------------------------------------


def check_service_date(performed_on: date, *, birth_date: date, died_on: date | None) -> None:
    """A service is given to the living, and not in the future. The day of death itself is possible."""
    if performed_on > today():
        raise RuleViolation("service.in_future", _("The service date lies in the future."))
    if performed_on < birth_date:
        raise RuleViolation("service.before_birth", _("The service date lies before the resident's birth."))
    if died_on and performed_on > died_on:
        raise RuleViolation("service.after_death", _("The service date lies after the resident's death."))


def check_readings(*, systolic: int | None, diastolic: int | None, fasting_glucose: Decimal | None) -> None:
    """Readings are those of a living person."""
    values = {"systolic": systolic, "diastolic": diastolic, "fasting_glucose": fasting_glucose}
    for name, value in values.items():
        limits = readings.POSSIBLE[name]
        if value is not None and not limits.lowest <= value <= limits.highest:
            raise RuleViolation(
                "service.reading",
                format_lazy(
                    _("{value} is impossible for {name}: {lowest} to {highest}."),
                    value=value,
                    name=readings.NAMES[name],
                    lowest=limits.lowest,
                    highest=limits.highest,
                ),
            )
    if systolic is not None and diastolic is not None and systolic <= diastolic:
        raise RuleViolation("service.reading", _("The systolic pressure must be above the diastolic one."))


def check_can_correct(service: Service, *, seen: str) -> None:
    """The entry is still the one that was on the page: nobody corrected it in the meantime."""
    if seen and seen != service.fingerprint:
        raise RuleViolation(
            "service.changed",
            _("Somebody corrected this entry in the meantime. Look at what stands there now, then enter yours again."),
        )


def check_can_take_back(obligation: Obligation) -> None:
    """What is waived is owed again."""
    if not obligation.waived_on:
        raise RuleViolation("obligation.not_waived", _("The waiver was taken back already."))


def check_can_waive(obligation: Obligation, *, reason: str, on: date) -> None:
    """What was neither given nor waived yet is waived, for one of the reasons, not in advance."""
    if obligation.waived_on:
        raise RuleViolation(
            "obligation.waived", format_lazy(_("It was waived on {day} already."), day=obligation.waived_on)
        )
    if obligation.met_on:
        raise RuleViolation("obligation.met", format_lazy(_("The service was given on {day}."), day=obligation.met_on))
    if reason not in Obligation.Waiver.values:
        raise RuleViolation("obligation.reason", _("Choose why the service is waived."))
    if on > today():
        raise RuleViolation("obligation.in_future", _("The day of the waiver lies in the future."))


# --- Attempts and follow-ups ----------------------------------------------------------------------------------------


def check_can_try(*, outcome: str, tried_on: date, next_on: date | None) -> None:
    """An attempt was made today or before; a promised day lies not before today and within a year."""
    if tried_on > today():
        raise RuleViolation("attempt.in_future", _("The day of the attempt lies in the future."))
    if outcome not in Attempt.WITH_DAY:
        return
    if next_on is None:
        raise RuleViolation("attempt.no_day", _("Enter the day that was agreed, or the day to call again."))
    if next_on < today():
        raise RuleViolation("attempt.day_passed", _("The day has passed already."))
    if next_on > add_months(today(), 12):
        raise RuleViolation("attempt.day_too_far", _("The day lies more than a year ahead."))


def check_can_finish(task: FollowUp, *, note: str) -> None:
    """A follow-up is closed once, and says what was done."""
    if task.done_on:
        raise RuleViolation(
            "follow_up.done",
            format_lazy(_("{who} closed this follow-up on {day}."), who=task.done_by, day=task.done_on),
        )
    if not note:
        raise RuleViolation("follow_up.no_note", _("Say in a few words what was done."))
