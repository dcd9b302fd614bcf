"""Planning rounds, answering checklists on the spot, and ending inspections."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from assessments.actions.findings import assign, write_step
from assessments.actions.uploads import keep
from assessments.calendar import working_days
from assessments.models import (
    Answer,
    Checklist,
    ChecklistItem,
    Finding,
    FindingProof,
    Inspection,
    InspectionRound,
    InspectionTeam,
)
from assessments.queries.inspections import checklist_for, earlier_finding, to_inspect
from assessments.rules.inspections import (
    Outcome,
    check_can_finish,
    check_can_inspect,
    check_can_plan,
    check_can_supervise,
    check_day,
    check_fault,
    check_is_open,
    check_team,
)
from assessments.uploads import Proof, check_count
from teams.actions.twins import only_one
from teams.clock import month_words, today
from teams.history import made_by
from teams.models import Institution, Team, User
from teams.models.accounts import SystemAccount
from teams.rules import RuleViolation

Actor = User | SystemAccount


@transaction.atomic
def open_round(*, first_on: date, theme: str = "", by: User) -> InspectionRound:
    """A month's round, empty. Raises RuleViolation: inspection.not_allowed, .round_there."""
    check_can_supervise(by)
    with made_by(by, "assessments.open_round"):
        made, is_new = InspectionRound.objects.get_or_create(
            first_on=first_on.replace(day=1), defaults={"theme": theme, "made_by": by}
        )
        if not is_new:
            message = _("{who} opened the round of {month} already.")
            raise RuleViolation(
                "inspection.round_there", format_lazy(message, who=made.made_by, month=month_words(made.first_on))
            )
        return made


@transaction.atomic
def spread(*, round_: InspectionRound, by: Actor) -> int:
    """Give every institution that the round doesn't have yet to a team and a working day; how many.

    A centre's clinics go to the centre's team; teams take turns from month to month. Raises RuleViolation:
    inspection.not_allowed, .round_closed, .no_team.
    """
    check_can_supervise(by)
    with made_by(by, "assessments.spread_round"):
        found = _locked_round(round_)
        teams = list(InspectionTeam.objects.filter(is_active=True))
        if not teams:
            raise RuleViolation("inspection.no_team", _("Enter the inspection teams first."))
        days = working_days(found.first_on)
        shares: list[list[tuple[Institution, Checklist]]] = [[] for _team in teams]
        for place, block in enumerate(to_inspect(found)):
            shares[(place + found.first_on.month) % len(teams)].extend(block)
        rows = [
            Inspection(
                round=found,
                institution=institution,
                team=team,
                checklist=checklist,
                planned_on=days[place * len(days) // len(share)],
            )
            for team, share in zip(teams, shares, strict=True)
            for place, (institution, checklist) in enumerate(share)
        ]
        Inspection.objects.bulk_create(rows)
        return len(rows)


@transaction.atomic
def plan(
    *, round_: InspectionRound, institution: Institution, team: InspectionTeam, planned_on: date, by: Actor
) -> Inspection:
    """Who goes to an institution when; planned already, it is changed.

    Raises RuleViolation: inspection.not_allowed, .round_closed, .no_checklist, .done, .outside_month.
    """
    check_can_supervise(by)
    with made_by(by, "assessments.plan_inspection"):
        found = _locked_round(round_)
        if (planned_on.year, planned_on.month) != (found.first_on.year, found.first_on.month):
            raise RuleViolation("inspection.outside_month", _("Choose a day of the round's month."))
        row = found.inspections.select_related("round").filter(institution=institution).first()
        if row is None:
            checklist = checklist_for(institution)
            check_can_plan(institution, checklist)
            assert checklist
            row = Inspection(round=found, institution=institution, checklist=checklist)
        check_can_inspect(row)
        row.team, row.planned_on = team, planned_on
        row.save()
        return row


@transaction.atomic
def drop(*, inspection: Inspection, by: Actor) -> None:
    """Take an institution out of the round, before anything was answered there.

    Raises RuleViolation: inspection.not_allowed, .done, .round_closed, .begun.
    """
    check_can_supervise(by)
    with made_by(by, "assessments.drop_inspection"):
        found = _locked(inspection)
        if found.answers.exists():
            raise RuleViolation("inspection.begun", _("This inspection has begun: it can only be ended."))
        found.delete()


@transaction.atomic
def answer(
    *,
    inspection: Inspection,
    item: ChecklistItem,
    outcome: str,
    text: str = "",
    deduction: Decimal | None = None,
    team: Team | None = None,
    proofs: Sequence[Proof] = (),
    by: User,
) -> Answer:
    """What an item looks like on the spot; until the end it may be answered again.

    A fault becomes a finding with its pictures, counted as a relapse when the institution had it before. Raises
    RuleViolation: inspection.not_allowed, .done, .round_closed, .item, .no_words, .points, .team; proof.too_many.
    """
    check_can_supervise(by)
    with made_by(by, "assessments.answer_item"):
        found = _locked(inspection)
        if item.checklist_id != found.checklist_id:
            raise RuleViolation("inspection.item", _("The item belongs to another checklist."))
        check_fault(outcome, text, deduction)
        check_team(found.institution, team)
        row, _new = Answer.objects.update_or_create(
            inspection=found, item=item, defaults={"outcome": outcome, "by": str(by)}
        )
        if outcome == Outcome.FAULT:
            assert deduction is not None
            _write_finding(found, item, text.strip(), deduction, team, proofs, by)
        else:
            found.findings.filter(item=item).delete()
        InspectionRound.objects.filter(pk=found.round_id, status="planned").update(status="running")
        return row


@transaction.atomic
def finish(
    *, inspection: Inspection, on: date, received_by: str = "", note: str = "", due_on: date | None = None, by: User
) -> Inspection:
    """The inspection is over; with `due_on` its findings go down to the institution at once.

    Raises RuleViolation: inspection.not_allowed, .done, .round_closed, .unanswered, .in_future, .before_round;
    finding.due.
    """
    check_can_supervise(by)
    with made_by(by, "assessments.finish_inspection"):
        found = _locked(inspection)
        answered = found.answers.values("item")
        check_can_finish(found, found.checklist.items.exclude(pk__in=answered).count())
        check_day(found, on)
        found.done_on, found.received_by, found.note = on, received_by, note
        found.save(update_fields=["done_on", "received_by", "note"])
        found.findings.update(found_on=on)
        if due_on:
            assign(findings=list(found.findings.values_list("pk", flat=True)), due_on=due_on, by=by)
        return found


@transaction.atomic
def close_round(*, round_: InspectionRound, by: Actor) -> InspectionRound:
    """Nothing more is inspected in this round. Raises RuleViolation: inspection.not_allowed, .round_closed."""
    check_can_supervise(by)
    with made_by(by, "assessments.close_round"):
        found = _locked_round(round_)
        found.status = InspectionRound.Status.CLOSED
        found.save(update_fields=["status"])
        return found


@transaction.atomic
def save_team(*, team: InspectionTeam | None, number: int, name: str, members: str, is_active: bool, by: Actor) -> None:
    """Enter or change an inspection team. Raises RuleViolation: inspection.not_allowed, .team_number."""
    check_can_supervise(by)
    with made_by(by, "assessments.save_inspection_team"):
        row = team or InspectionTeam()
        row.number, row.name, row.members, row.is_active = number, name, members, is_active
        with only_one("inspection.team_number", _("There is a team of this number already.")):
            row.save()


def _write_finding(
    inspection: Inspection,
    item: ChecklistItem,
    text: str,
    deduction: Decimal,
    team: Team | None,
    proofs: Sequence[Proof],
    by: User,
) -> None:
    day = today()
    earlier = earlier_finding(inspection.institution, item, day)
    values = {
        "institution": inspection.institution,
        "team": team,
        "text": text,
        "deduction": deduction,
        "found_on": day,
        "relapse_of": earlier,
        "relapses": earlier.relapses + 1 if earlier else 0,
    }
    finding, is_new = Finding.objects.update_or_create(inspection=inspection, item=item, defaults=values)
    # Where the net is weak a form is sent again: the same picture is kept once.
    kept = set(finding.proofs.values_list("sha256", flat=True))
    new = [proof for proof in proofs if proof.sha256 not in kept]
    check_count(new, len(kept))
    keep(FindingProof, new, by=by, finding=finding)
    if is_new:
        write_step(finding, "", by)


def _locked(inspection: Inspection) -> Inspection:
    """The inspection as it is now, when something may still be written into it."""
    rows = Inspection.objects.select_for_update(of=("self",), no_key=True)
    found = rows.select_related("round", "institution", "checklist").get(pk=inspection.pk)
    check_can_inspect(found)
    return found


def _locked_round(round_: InspectionRound) -> InspectionRound:
    found = InspectionRound.objects.select_for_update(no_key=True).get(pk=round_.pk)
    check_is_open(found)
    return found
