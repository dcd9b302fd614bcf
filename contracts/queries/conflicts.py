"""What stands against a signing, named before anything is sent; `actions.signing.sign` looks again under lock."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from contracts.models import Contract
from contracts.queries.teams import Load, loads
from contracts.rules import LEAST_AGE_TO_SIGN, Conflict, overlap_message
from service_packages.rules import incompatible
from teams.clock import today
from teams.composition import doctors, jobs_on
from teams.dates import age_on
from teams.models import Team
from teams.policy import policy_on

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from contracts.queries.desk import Desk, Line

LONGEST_NUMBER = Contract._meta.get_field("number").max_length or 0


def find_conflicts(desk: "Desk") -> Iterator[Conflict]:
    """Errors and warnings about the term and those who are ticked, in the order of the page."""
    yield from _about_terms(desk)
    for line in desk.lines:
        if line.is_ticked:
            yield from _about_line(line, desk)


def find_overload(desk: "Desk") -> Iterator[Conflict]:
    """Warnings when the team serves as many households, or people for each of its doctors, as the policy wishes (0: no
    such rule)."""
    policy, day = policy_on(desk.start_on), today()
    households, residents = policy["team_households_most"], policy["doctor_residents_most"]
    if not (desk.members and desk.team and (households or residents)):
        return
    load = loads([desk.team.pk], day).get(desk.team.pk, Load())
    if households and load.households >= households:
        message = _("Households served by {team} already: {count}; the policy allows {most}.")
        yield _full("team.full", message, desk.team, load.households, households)
    if residents and load.people >= residents:
        number = doctors(jobs_on([desk.team.pk], day).get(desk.team.pk, Counter())) or 1
        if load.people >= residents * number:
            message = _("Residents a doctor served by {team} already: {count}; the policy allows {most}.")
            yield _full("team.doctors_full", message, desk.team, load.people // number, residents)


def _full(code: str, message: "StrOrPromise", team: Team, count: int, most: int) -> Conflict:
    return Conflict(code, format_lazy(message, team=team.name, count=count, most=most), is_error=False)


def _about_terms(desk: "Desk") -> Iterator[Conflict]:
    if not desk.has_start:
        yield Conflict("contract.no_date", _("Type the first day as 20181031, at most a year from today."))
    elif desk.start_on < today():
        yield Conflict(
            "contract.starts_in_past", _("The contract begins today or later: nothing is promised for days past.")
        )
    if desk.lines and not desk.team:
        yield Conflict("contract.no_team", _("Choose the team that they sign with."))
    number = desk.sheet.number
    if len(number) > LONGEST_NUMBER or not number.isprintable():
        yield Conflict(
            "contract.number",
            format_lazy(_("This can't be a contract number. Characters at most: {most}."), most=LONGEST_NUMBER),
        )
    elif number and Contract.objects.filter(number=number).exists():
        yield Conflict("contract.number_taken", format_lazy(_("There is a contract {number} already."), number=number))
    signing = desk.representative
    if signing and age_on(signing.birth_date, today()) < LEAST_AGE_TO_SIGN:
        yield Conflict(
            "contract.representative_minor",
            format_lazy(_("{name} is a minor: let an adult of the household sign."), name=signing.name),
            is_error=False,
        )


def _about_line(line: "Line", desk: "Desk") -> Iterator[Conflict]:
    name = line.resident.name
    within = (each for each in line.coverages if each.start_on <= desk.end_on and each.last_on >= desk.start_on)
    if not line.is_present:
        yield Conflict("contract.not_in_population", _absence(line, desk))
    elif coverage := next(within, None):
        yield Conflict("contract.overlap", overlap_message(coverage), contract=coverage.contract)
    if not line.versions:
        yield Conflict("contract.no_packages", format_lazy(_("{name} has no package yet."), name=name))
    for reason in incompatible(line.versions):
        yield Conflict(reason.code, format_lazy("{name}: {reason}", name=name, reason=reason.message))
    for offer in line.offers:
        if offer.is_chosen and offer.reasons:
            yield Conflict(
                "package.unsuitable",
                format_lazy(
                    _("{name}, {package}: {reason}"), name=name, package=offer.version.name, reason=offer.reasons[0]
                ),
                is_error=offer.version.is_must,
            )


def _absence(line: "Line", desk: "Desk") -> "StrOrPromise":
    resident = line.resident
    if resident.died_on and resident.died_on <= desk.start_on:
        return format_lazy(_("{name} died on {day}."), name=resident.name, day=resident.died_on)
    if resident.moved_out_on and resident.moved_out_on <= desk.start_on:
        return format_lazy(_("{name} moved away on {day}."), name=resident.name, day=resident.moved_out_on)
    return format_lazy(
        _("{name} is not registered yet on {day}. Choose a later first day."), name=resident.name, day=desk.start_on
    )
