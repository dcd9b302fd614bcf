"""What people give: the unit its own scores and evidence, an official theirs with a reason, and decisions on appeals.

Every change of a score leaves a `ScoreChange`; whoever works on an old copy is told who was quicker.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256

from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from assessments.actions.cycles import change, retotal
from assessments.models import Appeal, Assessment, Cycle, Evidence, Score, ScoreChange, Veto, VetoHit
from assessments.queries.scoring import whole
from assessments.rules.cycles import (
    check_can_appeal,
    check_can_decide,
    check_can_review,
    check_can_self_assess,
    check_is_whole,
    check_may_review,
    check_points,
    check_reason,
    check_step,
)
from assessments.rules.scores import is_given_by_hand
from teams import cipher
from teams.history import made_by
from teams.models import User
from teams.rules import RuleViolation

What = ScoreChange.What
State = Assessment.State
FIELD = "evidence"
LARGEST = 5 * 1024 * 1024
MOST_FILES = 20
# First bytes of what a scanner, a phone or an office program makes, and what to call it.
KINDS = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"%PDF-": "application/pdf",
    b"PK\x03\x04": "application/octet-stream",  # .docx, .xlsx
}


@dataclass(frozen=True)
class Own:
    """What a unit says for a rule: its points (None: not said) and what was done."""

    points: Decimal | None
    text: str


@dataclass(frozen=True)
class Given:
    """What the reviewer gives for a rule. `edition` is the score's when its page was opened."""

    points: Decimal | None
    third_points: Decimal | None
    reason: str
    edition: int


@transaction.atomic
def save_own(*, assessment: Assessment, own: Mapping[int, Own], by: User) -> int:
    """Keep the unit's own scores: score id -> what it says; how many changed.

    Raises RuleViolation: assessment.not_allowed, .not_open, score.points.
    """
    assessment = _locked(assessment)
    check_can_self_assess(assessment, by)
    changed, changes = [], []
    for row in _rows(assessment, own):
        said = own[row.pk]
        check_points(row.rule, said.points)
        if (row.self_points, row.self_text) == (said.points, said.text.strip()):
            continue
        if row.self_points != said.points:
            changes.append(change(row, What.SELF, row.self_points, said.points, by))
        row.self_points, row.self_text, row.edition = said.points, said.text.strip(), row.edition + 1
        changed.append(row)
    _keep(changed, changes, ["self_points", "self_text", "edition"], by, "assessments.save_own")
    return len(changed)


@transaction.atomic
def review(*, assessment: Assessment, given: Mapping[int, Given], by: User) -> int:
    """Keep what the reviewer gives: score id -> points, third party's points, reason; how many changed.

    Raises RuleViolation: assessment.not_allowed, .closed, .reviewed, .not_handed_in, .second_person; score.points,
    .reason, .changed_meanwhile (which names who changed it, when and to what).
    """
    assessment = _locked(assessment)
    check_can_review(assessment, by)
    changed, changes = [], []
    for row in _rows(assessment, given):
        said = given[row.pk]
        if (said.points, said.third_points) == (row.points, row.third_points):
            continue
        _check_is_seen(row, said.edition)
        check_points(row.rule, said.points)
        check_points(row.rule, said.third_points)
        if said.points != row.points:
            check_reason(row.rule, said.reason)
            changes.append(change(row, What.REVIEW, row.points, said.points, by, said.reason.strip()))
        if said.third_points != row.third_points:
            changes.append(change(row, What.THIRD, row.third_points, said.third_points, by, said.reason.strip()))
        row.points, row.third_points, row.edition = said.points, said.third_points, row.edition + 1
        changed.append(row)
    _keep(changed, changes, ["points", "third_points", "edition"], by, "assessments.review")
    if changed:
        _retotal(assessment, by)
    return len(changed)


@transaction.atomic
def take_own(*, assessment: Assessment, reason: str, by: User) -> int:
    """Give the rules by hand that have no points yet what the unit gave itself; how many. Raises as `review`."""
    rows = assessment.scores.filter(points=None, self_points__isnull=False).select_related("rule")
    given = {
        row.pk: Given(row.self_points, row.third_points, reason, row.edition)
        for row in rows
        if is_given_by_hand(row.rule)
    }
    return review(assessment=assessment, given=given, by=by)


@transaction.atomic
def step(*, assessment: Assessment, to: str, by: User, reason: str = "") -> Assessment:
    """Hand an assessment in, hand it back, finish its review, or open it again (`rules.cycles.STEPS`).

    Raises RuleViolation: assessment.not_allowed, .closed, .step, .not_open, .second_person, .incomplete, score.reason.
    """
    assessment = _locked(assessment)
    check_step(assessment, to)
    _STEPS[to](assessment, by, reason.strip())
    with made_by(by, f"assessments.assessment_{to}"):
        assessment.state = to
        assessment.save()
        return assessment


@transaction.atomic
def add_evidence(*, score: Score, name: str, content: bytes, by: User) -> Evidence:
    """Keep a file that shows what was done, encrypted.

    Raises RuleViolation: assessment.not_allowed, .not_open, evidence.size, .kind, .many.
    """
    check_can_self_assess(_locked(score.assessment), by)
    if not 0 < len(content) <= LARGEST:
        raise RuleViolation("evidence.size", _("A file of evidence must not be empty, nor larger than 5 MB."))
    kind = next((kind for first, kind in KINDS.items() if content.startswith(first)), None)
    if kind is None:
        raise RuleViolation("evidence.kind", _("Evidence is a picture, a PDF, a .docx or an .xlsx file."))
    if score.evidence.count() >= MOST_FILES:
        raise RuleViolation("evidence.many", format_lazy(_("At most {count} files for a rule."), count=MOST_FILES))
    return Evidence.objects.create(
        score=score,
        name=name[-120:],
        content_type=kind,
        content=cipher.encrypt_bytes(content, field=FIELD),
        size=len(content),
        sha256=sha256(content).hexdigest(),
        by=by,
    )


def evidence_content(evidence: Evidence) -> bytes:
    """The file in clear."""
    return cipher.decrypt_bytes(evidence.content, field=FIELD)


@transaction.atomic
def remove_evidence(*, evidence: Evidence, by: User) -> None:
    """Take a file back while the self-assessment is open; the history keeps that it was there."""
    check_can_self_assess(_locked(evidence.score.assessment), by)
    with made_by(by, "assessments.remove_evidence"):
        evidence.delete()


@transaction.atomic
def hit_veto(*, assessment: Assessment, veto: Veto, reason: str, by: User) -> VetoHit:
    """State that a veto has been triggered, also one that was lifted. Raises as `review`."""
    assessment = _locked(assessment)
    check_can_review(assessment, by)
    if not reason.strip():
        raise RuleViolation("veto.reason", _("Give the reason."))
    with made_by(by, "assessments.hit_veto"):
        hit, _made = VetoHit.objects.update_or_create(
            assessment=assessment,
            veto=veto,
            defaults={"reason": reason.strip(), "by": str(by), "lifted_for": "", "lifted_by": ""},
        )
        _retotal(assessment, by)
        return hit


@transaction.atomic
def lift_veto(*, hit: VetoHit, reason: str, by: User) -> VetoHit:
    """State that a veto does not hold after all. Raises as `review`, and veto.reason."""
    assessment = _locked(hit.assessment)
    check_can_review(assessment, by)
    if not reason.strip():
        raise RuleViolation("veto.reason", _("Give the reason."))
    with made_by(by, "assessments.lift_veto"):
        hit.lifted_for, hit.lifted_by = reason.strip(), str(by)
        hit.save()
        _retotal(assessment, by)
        return hit


@transaction.atomic
def appeal(*, score: Score, text: str, by: User) -> Appeal:
    """Say that a score on notice is wrong. Raises RuleViolation: assessment.not_allowed, appeal.too_late, .twice,
    .text."""
    score.assessment = _locked(score.assessment)
    check_can_appeal(score, by)
    if not text.strip():
        raise RuleViolation("appeal.text", _("Say what is wrong with the score."))
    with made_by(by, "assessments.appeal"):
        return Appeal.objects.create(score=score, text=text.strip(), made_by=by)


@transaction.atomic
def decide(*, appeal: Appeal, points: Decimal | None, decision: str, by: User) -> Appeal:
    """Decide an appeal: `points` is what the rule is worth from now on, None leaves the score as it is.

    Raises RuleViolation: assessment.not_allowed, appeal.decided (which names who, when and how), .not_on_notice,
    .decision, score.points.
    """
    assessment = _locked(appeal.score.assessment)
    appeal = Appeal.objects.select_related("decided_by", "score__rule", "score__assessment__cycle").get(pk=appeal.pk)
    check_can_decide(appeal, by)
    if not decision.strip():
        raise RuleViolation("appeal.decision", _("Give the reasons of the decision."))
    row = appeal.score
    check_points(row.rule, points)
    with made_by(by, "assessments.decide_appeal"):
        if points is not None and points != row.points:
            ScoreChange.objects.bulk_create([change(row, What.APPEAL, row.points, points, by, decision.strip())])
            row.points, row.edition = points, row.edition + 1
            row.save(update_fields=["points", "edition"])
            _retotal(assessment, by)
        appeal.state = Appeal.State.DISMISSED if points is None else Appeal.State.UPHELD
        appeal.decision, appeal.decided_by, appeal.decided_at = decision.strip(), by, timezone.now()
        appeal.save()
        return appeal


def _hand_in(assessment: Assessment, by: User, reason: str) -> None:
    if assessment.state == State.REVIEWED:  # a review is opened again
        check_may_review(by)
        if not reason:
            raise RuleViolation("score.reason", _("Give the reason."))
        assessment.reviewed_by, assessment.reviewed_at = None, None
        assessment.returned_for = reason
        return
    check_can_self_assess(assessment, by)
    assessment.submitted_by, assessment.submitted_at, assessment.returned_for = by, timezone.now(), ""


def _hand_back(assessment: Assessment, by: User, reason: str) -> None:
    check_may_review(by)
    if not reason:
        raise RuleViolation("score.reason", _("Give the reason."))
    assessment.submitted_by, assessment.submitted_at, assessment.returned_for = None, None, reason


def _finish(assessment: Assessment, by: User, reason: str) -> None:
    check_can_review(assessment, by)
    check_is_whole(assessment)
    assessment.reviewed_by, assessment.reviewed_at, assessment.returned_for = by, timezone.now(), ""


_STEPS: Mapping[str, Callable[[Assessment, User, str], None]] = {
    State.SUBMITTED: _hand_in,
    State.OPEN: _hand_back,
    State.REVIEWED: _finish,
}


def _locked(assessment: Assessment) -> Assessment:
    """The assessment as it is now, while nobody else changes it or its scores, or takes its cycle on."""
    Cycle.objects.select_for_update(no_key=True).get(pk=assessment.cycle_id)
    rows = Assessment.objects.select_for_update(of=("self",)).select_related("cycle", "institution", "team", "staff")
    return rows.get(pk=assessment.pk)


def _rows(assessment: Assessment, wanted: Iterable[int]) -> Sequence[Score]:
    return list(assessment.scores.filter(pk__in=list(wanted)).select_related("rule").order_by("pk"))


def _check_is_seen(row: Score, edition: int) -> None:
    """Nobody has changed the score since its page was opened."""
    if row.edition == edition:
        return
    last = row.changes.select_related("by").order_by("-pk").first()
    raise RuleViolation(
        "score.changed_meanwhile",
        format_lazy(
            _("{rule}: {name} changed this meanwhile, at {time}, to {points}. Load the page again."),
            rule=row.rule,
            name=last.by if last and last.by else _("the system"),
            time=timezone.localtime(last.at).strftime("%H:%M") if last else "",
            points=row.points,
        ),
    )


def _keep(rows: Sequence[Score], changes: Sequence[ScoreChange], fields: list[str], by: User, action: str) -> None:
    with made_by(by, action):
        Score.objects.bulk_update(rows, fields)
        ScoreChange.objects.bulk_create(changes)


def _retotal(assessment: Assessment, by: User) -> None:
    with made_by(by, "assessments.retotal"):
        retotal(assessments=[assessment], version=whole(assessment.cycle.version))
