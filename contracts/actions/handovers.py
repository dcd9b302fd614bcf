"""Handing contracts over to another team with the residents' consent, and reporting a member's departure.

Nothing is ended by the way: who declined or was not asked keeps the contract and stays named in the handover.
"""

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contracts.actions.changing import change_team
from contracts.actions.lines import by_itself
from contracts.models import Contract, Coverage, Departure, Handover, HandoverLine
from contracts.rules.handovers import (
    check_can_answer,
    check_can_depart,
    check_can_drop,
    check_can_move,
    check_can_prepare,
    check_can_review,
)
from teams.actions.teams import end_member
from teams.dates import ONE_DAY
from teams.history import made_by
from teams.imports.texts import both
from teams.models import Staff, Team, TeamMember, User
from teams.rules import RuleViolation

Status, Answer = Handover.Status, HandoverLine.Answer


@transaction.atomic
def prepare(*, from_team: Team, to_team: Team, effective_on: date, reason: str, by: User) -> Handover:
    """A handover of every contract of a team that still covers somebody on that day, to be asked about.

    Contracts that another handover on its way names are left to that one.
    Raises RuleViolation: handover.not_allowed, .same_team, .passed, .nothing; contract.no_team.
    """
    with made_by(by, "contracts.prepare_handover"):
        Team.objects.select_for_update(no_key=True).get(pk=from_team.pk)
        check_can_prepare(from_team=from_team, to_team=to_team, effective_on=effective_on, by=by)
        contracts = left_with(from_team, effective_on)
        if not contracts:
            raise RuleViolation("handover.nothing", _("The team has no contract that is still to be handed over."))
        handover = Handover.objects.create(
            from_team=from_team, to_team=to_team, effective_on=effective_on, reason=reason, made_by=by
        )
        HandoverLine.objects.bulk_create(HandoverLine(handover=handover, contract_id=pk) for pk in contracts)
        return handover


def left_with(team: Team, day: date) -> list[int]:
    """Ids of the team's contracts that still cover somebody on the day and that no handover on its way names."""
    on_the_way = HandoverLine.objects.filter(handover__status__in=[Status.ASKING, Status.REVIEW])
    running = Coverage.objects.not_over_on(day).filter(team=team)
    rows = Contract.objects.filter(team=team, pk__in=running.values("contract"))
    return list(rows.exclude(pk__in=on_the_way.values("contract")).order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def answer(
    *, handover: Handover, lines: Collection[int], answer: str, consent: str, on: date, by: User
) -> list[HandoverLine]:
    """Enter what the people of these lines, by id, answered, how and when.

    Raises RuleViolation: handover.nobody, .continued, .in_review, .answer, .in_future; contract.consent.
    """
    with made_by(by, "contracts.answer_handover"):
        handover = Handover.objects.select_for_update(no_key=True).get(pk=handover.pk)
        rows = list(handover.lines.select_for_update(no_key=True).filter(pk__in=lines).order_by("pk"))
        if not rows:
            raise RuleViolation("handover.nobody", _("Tick at least one contract."))
        for line in rows:
            line.handover = handover
            check_can_answer(line, answer=answer, consent=consent, on=on)
            line.answer, line.consent, line.answered_on, line.entered_by = answer, consent, on, str(by)
            line.message = ""
        HandoverLine.objects.bulk_update(rows, ["answer", "consent", "answered_on", "entered_by", "message"])
        return rows


@transaction.atomic
def ask_for_review(*, handover: Handover, by: User) -> Handover:
    """The residents were asked; somebody else looks at it. Raises RuleViolation: handover.status, .nobody_asked."""
    with made_by(by, "contracts.ask_for_review"):
        handover = _moved(handover, Status.REVIEW)
        if not handover.lines.filter(answer=Answer.CONSENTED).exists():
            raise RuleViolation("handover.nobody_asked", _("Nobody has consented yet."))
        handover.save(update_fields=["status"])
        return handover


@transaction.atomic
def drop(*, handover: Handover, by: User) -> None:
    """Take back a handover that was prepared by mistake, before anybody answered. Raises handover.status, .answered."""
    with made_by(by, "contracts.drop_handover"):
        handover = Handover.objects.select_for_update(no_key=True).get(pk=handover.pk)
        check_can_drop(handover)
        handover.delete()


@transaction.atomic
def review(*, handover: Handover, approved: bool, note: str, by: User) -> Handover:
    """A second person approves the handover, or gives it back with a remark.

    Raises RuleViolation: handover.status, .not_reviewer, .own, .note.
    """
    with made_by(by, "contracts.review_handover"):
        handover = _moved(handover, Status.APPROVED if approved else Status.ASKING)
        check_can_review(handover, by)
        if not approved and not note:
            raise RuleViolation("handover.note", _("Say what is to be mended."))
        handover.review_note, handover.reviewed_by, handover.reviewed_at = note, by, timezone.now()
        handover.save(update_fields=["status", "review_note", "reviewed_by", "reviewed_at"])
        return handover


@transaction.atomic
def reopen(*, handover: Handover, by: User) -> Handover:
    """Carry out what was answered since; it is approved already. Raises RuleViolation: handover.status."""
    with made_by(by, "contracts.reopen_handover"):
        handover = _moved(handover, Status.APPROVED)
        handover.save(update_fields=["status"])
        return handover


def carry_out(*, handover_id: int) -> None:
    """Continue every contract whose people consented, each in a transaction of its own; in the worker.

    What is not possible, or fails, stays with its reason. A killed worker's work is taken up with the next contract.
    """
    handover = Handover.objects.select_related("to_team", "reviewed_by").get(pk=handover_id)
    by = handover.reviewed_by
    if handover.status != Status.APPROVED or by is None:
        return
    ids = handover.lines.filter(answer=Answer.CONSENTED, made=None).order_by("pk").values_list("pk", flat=True)
    for line_id in list(ids):
        _continue(handover, line_id, by)
    Handover.objects.filter(pk=handover.pk, status=Status.APPROVED).update(status=Status.DONE)


def waiting() -> list[int]:
    """Ids of handovers that are approved and not yet carried out."""
    return list(Handover.objects.filter(status=Status.APPROVED).order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _continue(handover: Handover, line_id: int, by: User) -> None:
    rows = HandoverLine.objects.select_for_update(skip_locked=True, of=("self",)).select_related("contract")
    line = rows.filter(pk=line_id, made=None).first()
    if line is None:
        return
    try:
        with by_itself(f"contract {line.contract_id} of handover {handover.pk}"):
            made = change_team(
                contract=line.contract,
                team=handover.to_team,
                on=handover.effective_on,
                consent=line.consent,
                origin=Contract.Origin.HANDOVER,
                by=by,
            )
    except RuleViolation as refusal:
        line.message = both(refusal.message)
    else:
        line.made = made
    line.save(update_fields=["made", "message"])


@transaction.atomic
def report_departure(
    *,
    member: TeamMember,
    last_on: date,
    vacancy: str,
    stop_gap: Staff | None,
    stop_gap_until: date | None,
    note: str,
    by: User,
) -> Departure:
    """The member belongs to the team up to `last_on`; what is missing then and who fills the gap is on record.

    Raises RuleViolation: departure.stop_gap, .stop_gap_until; team.not_allowed, .outside, .ended, .before_begin.
    """
    departure = Departure(
        staff_id=member.staff_id,
        team_id=member.team_id,
        last_on=last_on,
        vacancy=vacancy,
        stop_gap=stop_gap,
        stop_gap_until=stop_gap_until,
        note=note,
        made_by=str(by),
    )
    with made_by(by, "contracts.report_departure"):
        check_can_depart(departure=departure)
        end_member(member=member, on=last_on + ONE_DAY, by=by)
        departure.save(force_insert=True)
        return departure


def _moved(handover: Handover, to: str) -> Handover:
    """The handover as it is now, on its way to another status. Raises RuleViolation handover.status."""
    handover = Handover.objects.select_for_update(no_key=True).get(pk=handover.pk)
    check_can_move(handover, to)
    handover.status = to
    return handover
