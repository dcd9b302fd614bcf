"""Reporting activities with their proof, checking them, and mending what was given back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.utils import timezone

from assessments.actions.uploads import keep
from assessments.models import Activity, ActivityProof
from assessments.rules.activities import (
    State,
    check_can_move,
    check_can_report,
    check_days,
    check_figures,
    check_is_another,
    check_proof,
    check_words,
)
from assessments.uploads import Proof, check_count
from teams.history import made_by
from teams.models import Institution, Team, User
from teams.models.accounts import SystemAccount

Actor = User | SystemAccount


@dataclass(frozen=True)
class Report:
    """What an institution says of an activity; `figures` by `Activity.FIGURES`."""

    kind: str
    title: str
    began_on: date
    ended_on: date
    team: Team | None = None
    campaign: str = ""
    place: str = ""
    note: str = ""
    figures: Mapping[str, int] = field(default_factory=dict)


@transaction.atomic
def report(*, institution: Institution, said: Report, proofs: Sequence[Proof], by: User) -> Activity:
    """Report an activity, to be checked by the bureau.

    Raises RuleViolation: activity.not_allowed, .outside, .team, .order, .in_future, .nothing, .too_many, .no_proof;
    proof.too_many.
    """
    with made_by(by, "assessments.report_activity"):
        check_can_report(institution, said.team, by)
        check_proof(len(proofs))
        activity = Activity(institution=institution, reported_by=by)
        return _write(activity, said, proofs, by)


@transaction.atomic
def mend(*, activity: Activity, said: Report, proofs: Sequence[Proof], by: User) -> Activity:
    """Report an activity again that was given back; proofs come on top. Raises as `report`, and activity.moved."""
    with made_by(by, "assessments.mend_activity"):
        found = _locked(activity, State.REPORTED, by)
        check_can_report(found.institution, said.team, by)
        return _write(found, said, proofs, by)


@transaction.atomic
def confirm(*, activity: Activity, note: str = "", by: Actor) -> Activity:
    """The proof shows it: from now on it counts. Raises RuleViolation: activity.moved, .not_yours, .own."""
    with made_by(by, "assessments.confirm_activity"):
        found = _locked(activity, State.CONFIRMED, by)
        check_is_another(found, by)
        return _check(found, State.CONFIRMED, note, by)


@transaction.atomic
def give_back(*, activity: Activity, note: str, by: Actor) -> Activity:
    """It can't be so, or isn't proven. Raises RuleViolation: activity.moved, .not_yours, .no_words."""
    with made_by(by, "assessments.give_back_activity"):
        found = _locked(activity, State.RETURNED, by)
        check_words(note)
        return _check(found, State.RETURNED, note, by)


@transaction.atomic
def withdraw(*, activity: Activity, by: User) -> Activity:
    """The institution takes it back. Raises RuleViolation: activity.moved, .not_yours."""
    with made_by(by, "assessments.withdraw_activity"):
        found = _locked(activity, State.WITHDRAWN, by)
        found.state = State.WITHDRAWN
        found.save(update_fields=["state"])
        return found


def _write(activity: Activity, said: Report, proofs: Sequence[Proof], by: User) -> Activity:
    check_days(said.began_on, said.ended_on)
    check_figures(said.kind, said.figures)
    for name in ("kind", "title", "began_on", "ended_on", "team", "campaign", "place", "note"):
        setattr(activity, name, getattr(said, name))
    for name in Activity.FIGURES:
        setattr(activity, name, said.figures.get(name, 0))
    activity.state = State.REPORTED
    activity.save()
    check_count(proofs, activity.proofs.count())
    keep(ActivityProof, proofs, by=by, activity=activity)
    return activity


def _check(activity: Activity, to: State, note: str, by: Actor) -> Activity:
    activity.state, activity.check_note = to, note.strip()
    activity.checked_at, activity.checked_by = timezone.now(), str(by)
    activity.save(update_fields=["state", "check_note", "checked_at", "checked_by"])
    return activity


def _locked(activity: Activity, to: State, by: Actor) -> Activity:
    """The activity as it is now, when the account may take this step from here."""
    rows = Activity.objects.select_for_update(of=("self",), no_key=True).select_related("institution", "reported_by")
    found = rows.get(pk=activity.pk)
    check_can_move(found, to, by)
    return found
