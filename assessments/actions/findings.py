"""Rectification: handing findings down, mending, reviewing and closing them. Each step is kept with its words."""

from collections.abc import Collection, Sequence
from datetime import date

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from assessments.actions.uploads import keep
from assessments.models import Finding, FindingProof, FindingStep
from assessments.rules.findings import State, check_can_move, check_due, check_is_over, check_words
from assessments.uploads import Proof, check_count
from teams.clock import today
from teams.history import made_by
from teams.models import User
from teams.models.accounts import SystemAccount
from teams.rules import RuleViolation

Actor = User | SystemAccount


@transaction.atomic
def assign(*, findings: Collection[int], due_on: date | None, note: str = "", by: Actor) -> list[Finding]:
    """Hand findings, by id, down to their institutions, to be mended by a day.

    Raises RuleViolation: finding.moved, .not_yours, .due, .still_inspecting.
    """
    with made_by(by, "assessments.assign_findings"):
        rows = list(_for_update().filter(pk__in=findings).order_by("pk"))
        for row in rows:
            check_can_move(row, State.ASSIGNED, by)
            check_is_over(row.inspection)
            check_due(due_on, today())
            row.state, row.due_on = State.ASSIGNED, due_on
            row.save(update_fields=["state", "due_on"])
            write_step(row, note, by)
        return rows


@transaction.atomic
def mend(*, finding: Finding, note: str, proofs: Sequence[Proof], by: User) -> Finding:
    """The institution has mended it, and shows that.

    Raises RuleViolation: finding.moved, .not_yours, .no_words, .no_proof; proof.too_many.
    """
    with made_by(by, "assessments.mend_finding"):
        found = _locked(finding, State.DONE, by)
        check_words(note)
        if not proofs:
            raise RuleViolation("finding.no_proof", _("Add a picture or a paper that shows it."))
        check_count(proofs)
        found.state, found.done_on = State.DONE, today()
        found.save(update_fields=["state", "done_on"])
        keep(FindingProof, proofs, by=by, finding=found, is_mended=True)
        write_step(found, note, by)
        return found


@transaction.atomic
def accept(*, finding: Finding, note: str = "", by: Actor) -> Finding:
    """The review passes. Raises RuleViolation: finding.moved, .not_yours."""
    with made_by(by, "assessments.accept_finding"):
        found = _locked(finding, State.REVIEWED, by)
        found.state = State.REVIEWED
        found.save(update_fields=["state"])
        write_step(found, note, by)
        return found


@transaction.atomic
def reject(*, finding: Finding, note: str, due_on: date | None, by: Actor) -> Finding:
    """Not mended: once more, by another day. Raises RuleViolation: finding.moved, .not_yours, .no_words, .due."""
    with made_by(by, "assessments.reject_finding"):
        found = _locked(finding, State.ASSIGNED, by)
        check_words(note)
        check_due(due_on, today())
        found.state, found.due_on, found.done_on = State.ASSIGNED, due_on, None
        found.rejections += 1
        found.save(update_fields=["state", "due_on", "done_on", "rejections"])
        write_step(found, note, by)
        return found


@transaction.atomic
def close(*, finding: Finding, note: str = "", by: Actor) -> Finding:
    """Strike it off (销号). Raises RuleViolation: finding.moved, .not_yours."""
    with made_by(by, "assessments.close_finding"):
        found = _locked(finding, State.CLOSED, by)
        found.state, found.closed_on = State.CLOSED, today()
        found.save(update_fields=["state", "closed_on"])
        write_step(found, note, by)
        return found


@transaction.atomic
def withdraw(*, finding: Finding, note: str, by: Actor) -> Finding:
    """It was no fault; nothing is taken off for it. Raises RuleViolation: finding.moved, .not_yours, .no_words."""
    with made_by(by, "assessments.withdraw_finding"):
        found = _locked(finding, State.WITHDRAWN, by)
        check_words(note)
        found.state = State.WITHDRAWN
        found.save(update_fields=["state"])
        write_step(found, note, by)
        return found


def write_step(finding: Finding, note: str, by: Actor) -> None:
    """Keep what has just happened to the finding."""
    FindingStep.objects.create(
        finding=finding, state=finding.state, on=today(), due_on=finding.due_on, by=str(by), note=note.strip()
    )


def _for_update() -> QuerySet[Finding]:
    return Finding.objects.select_for_update(of=("self",), no_key=True).select_related("inspection")


def _locked(finding: Finding, to: State, by: Actor) -> Finding:
    """The finding as it is now, when the account may take this step from here."""
    found = _for_update().get(pk=finding.pk)
    check_can_move(found, to, by)
    return found
