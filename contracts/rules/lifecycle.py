"""What may be done with a contract that is signed: continue, renew, confirm, end, take back (docs/contracts.md)."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from contracts.models import Consent, Contract, Coverage, LifecycleEntry, Status
from contracts.rules import overlap_message
from teams.clock import today
from teams.dates import add_months
from teams.models import Team
from teams.rules import RuleViolation

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Kind = LifecycleEntry.Kind
# The steps that say whether a termination stands.
TERMINATION = (Kind.TERMINATED, Kind.TERMINATION_UNDONE)


def last_entry(contract: Contract) -> LifecycleEntry | None:
    """The latest step of the contract."""
    return contract.entries.order_by("pk").last()


def check_is_as_seen(contract: Contract, seen: int | None) -> None:
    """Nobody has taken a step since the page was shown: `seen` is the id of the entry that was the last one then (0:
    none; None: nobody looked). The refusal names who did what and when."""
    last = last_entry(contract)
    if seen is None or last is None or last.pk == seen:
        return
    raise RuleViolation(
        "contract.changed_since",
        format_lazy(
            _("Meanwhile {who} has entered: {step} from {day}. Look at the contract as it is now."),
            who=last.entered_by,
            step=last.get_kind_display(),
            day=last.on,
        ),
    )


def followed_message(following: Contract) -> "StrOrPromise":
    """By which contract this one was taken up."""
    return format_lazy(
        _("Contract {number} follows already ({origin}, signed {day})."),
        number=following.number,
        origin=following.get_origin_display(),
        day=following.signed_on,
    )


# --- Renewing -------------------------------------------------------------------------------------------------------


def renewable_from(last_on: date, policy: Mapping[str, int]) -> date:
    """From which day on a contract that ends on `last_on` may be renewed."""
    return last_on - timedelta(days=policy["renewal_days_ahead"])


def check_consent(consent: str) -> None:
    """Nothing is renewed, confirmed or moved silently: somebody says how the people agreed."""
    if consent not in Consent.values:
        raise RuleViolation("contract.consent", _("Say how the people agreed."))


def check_team_exists(team: Team, day: date) -> None:
    """The team exists on the day on which it takes a contract up."""
    if not Team.objects.existing_on(day).filter(pk=team.pk).exists():
        raise RuleViolation("contract.no_team", no_team_message(team, day))


def no_team_message(team: Team, day: date) -> "StrOrPromise":
    """What to do about a team that is gone."""
    return format_lazy(
        _("{team} does not exist on {day}. Hand the contract over to another team first."), team=team.name, day=day
    )


# --- Changing team or packages --------------------------------------------------------------------------------------


def check_can_continue(contract: Contract, coverages: Collection[Coverage], *, on: date) -> None:
    """Somebody is still covered on that day, and no other contract takes them up later."""
    if not coverages:
        raise RuleViolation(
            "contract.over", format_lazy(_("Nobody is covered by the contract any more on {day}."), day=on)
        )
    if any(coverage.termination_reason == Coverage.Reason.CHANGED for coverage in coverages):
        changed = contract.following.exclude(origin=Contract.Origin.RENEWAL).order_by("pk").last()
        raise RuleViolation("contract.followed", followed_message(changed or contract))


def check_has_begun(coverages: Collection[Coverage], *, on: date) -> None:
    """What ran until now is not undone by a day before it; a contract that is to begin is changed from today on."""
    first = min((coverage.start_on for coverage in coverages), default=on)
    if on < min(first, today()):
        raise RuleViolation(
            "contract.not_begun",
            format_lazy(_("The contract begins on {day}: enter that day or a later one."), day=first),
        )


def check_can_change_team(contract: Contract, team: Team, *, on: date) -> None:
    """To another team that exists on that day."""
    if team.pk == contract.team_id:
        raise RuleViolation("contract.same_team", _("The contract is with this team already."))
    check_team_exists(team, on)


# --- Ending and taking it back --------------------------------------------------------------------------------------


def check_reason(reason: str) -> None:
    """A contract is ended for one of the reasons; that another takes its place is not for choosing."""
    if reason not in Coverage.Reason.values or reason == Coverage.Reason.CHANGED:
        raise RuleViolation("coverage.reason", _("Choose why the contract ends."))


def check_members(coverages: Collection[Coverage]) -> None:
    """A step is taken for somebody."""
    if not coverages:
        raise RuleViolation("coverage.nobody", _("Choose for whom."))


def terminated_today(coverage: Coverage) -> LifecycleEntry | None:
    """The termination that may still be taken back: entered today, and not taken back yet."""
    last = coverage.entries.filter(kind__in=TERMINATION).order_by("pk").last()
    return last if is_of_today(last) and coverage.terminated_on else None


def is_of_today(last: LifecycleEntry | None) -> bool:
    """Whether a coverage's last step of TERMINATION is a termination that was entered today."""
    return last is not None and last.kind == Kind.TERMINATED and last.entered_on == today()


def check_can_undo(coverage: Coverage) -> None:
    """A termination is taken back on the day on which it was entered, while nobody else covers the person."""
    if terminated_today(coverage) is None:
        raise RuleViolation(
            "coverage.not_undoable", _("A termination is taken back only on the day on which it was entered.")
        )
    others = Coverage.objects.filter(~Q(pk=coverage.pk), resident=coverage.resident_id)
    other = others.overlapping(coverage.start_on, coverage.end_on).select_related("contract__team", "resident").first()
    if other:
        raise RuleViolation("contract.overlap", overlap_message(other))


# --- Confirming -----------------------------------------------------------------------------------------------------


def contract_year(start_on: date, day: date) -> int:
    """Which year of a contract that began on `start_on` the day lies in: 1, 2, … (docs/rules.md 5)."""
    years = day.year - start_on.year
    return years + (add_months(start_on, 12 * years) <= day)


def year_to_confirm(
    coverages: Collection[Coverage], day: date, *, confirmed: Collection[int], policy: Mapping[str, int]
) -> int | None:
    """The contract year that is still to be confirmed on `day`, or None: of contracts in force, from the second on."""
    in_force = [coverage for coverage in coverages if coverage.status_on(day) == Status.IN_FORCE]
    if not in_force or not policy["confirmed_yearly"]:
        return None
    year = contract_year(min(coverage.start_on for coverage in in_force), day)
    return year if year >= 2 and year not in confirmed else None


def check_can_confirm(year: int | None, day: date) -> int:
    """There is a year to be confirmed; which."""
    if year is None:
        raise RuleViolation(
            "contract.nothing_to_confirm",
            format_lazy(_("On {day} no year of this contract is to be confirmed."), day=day),
        )
    return year
