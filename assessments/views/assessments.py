"""Pages of one unit's assessment: its rules side by side, self-assessment, review, evidence, vetoes and appeals."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from assessments.actions import scores
from assessments.forms.scores import (
    AppealForm,
    DecisionForm,
    EvidenceForm,
    OwnForm,
    ReasonForm,
    ReviewForm,
    VetoHitForm,
)
from assessments.models import Appeal, Assessment, Cycle, Evidence, Score, VetoHit
from assessments.presenters.assessments import change_rows, score_line, score_sections, state_chip
from assessments.presenters.rubrics import aim_words, grade_chip
from assessments.queries.assessments import assessments, next_to_review, scores_of
from assessments.rules.cycles import (
    Account,
    check_can_appeal,
    check_can_decide,
    check_can_review,
    check_can_self_assess,
)
from teams.attempts import attempt
from teams.permissions import Permission, SignedInRequest, has_permission, require
from teams.rules import RuleViolation

State = Assessment.State


@require_GET
@require(Permission.ASSESSMENT_READ)
def assessment_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """A unit in a cycle: each rule with what was measured and given, and the form of whoever is to act."""
    return _page(request, _found(request, pk))


@require_POST
@require(Permission.ASSESSMENT_REPORT)
def assessment_own(request: SignedInRequest, pk: int) -> HttpResponse:
    """Keep the unit's own scores, and hand them in when that was the button."""
    assessment = _found(request, pk)
    form = OwnForm(scores_of(assessment), request.POST)
    if form.is_valid():
        try:
            scores.save_own(assessment=assessment, own=form.own(), by=request.user)
            if "submit" in request.POST:
                scores.step(assessment=assessment, to=State.SUBMITTED, by=request.user)
                messages.success(request, _("The self-assessment is handed in."))
            else:
                messages.success(request, _("The self-assessment is saved. Hand it in when it is complete."))
            return redirect("assessments:assessment_detail", pk)
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
    return _page(request, assessment, form)


@require_POST
@require(Permission.ASSESSMENT_REVIEW)
def assessment_review(request: SignedInRequest, pk: int) -> HttpResponse:
    """Keep the reviewer's scores, and finish the review when that was the button."""
    assessment = _found(request, pk)
    form = ReviewForm(scores_of(assessment), request.POST)
    if not form.is_valid():
        return _page(request, assessment, form)
    try:
        scores.review(assessment=assessment, given=form.given(), by=request.user)
    except RuleViolation as refusal:
        form.add_error(None, str(refusal))
        return _page(request, assessment, form)

    def finish() -> None:
        if "finish" in request.POST:
            scores.step(assessment=assessment, to=State.REVIEWED, by=request.user)
            messages.success(request, _("The review is finished."))
        else:
            messages.success(request, _("The scores are saved."))

    # The scores are kept whatever stands against the end: the form that was sent holds editions that are past.
    return attempt(request, finish, "assessments:assessment_detail", pk)


@require_POST
@require(Permission.ASSESSMENT_REVIEW)
def assessment_step(request: SignedInRequest, pk: int) -> HttpResponse:
    """Hand a self-assessment back, open a review again, or give what the unit gave itself; each with a reason."""
    assessment = _found(request, pk)
    form = ReasonForm(request.POST)

    def take() -> None:
        reason = _reason(form)
        if request.POST.get("to") == "own":
            taken = scores.take_own(assessment=assessment, reason=reason, by=request.user)
            messages.success(request, _("Scores taken over: %(count)s.") % {"count": taken})
        elif request.POST.get("to") in (State.OPEN, State.SUBMITTED):
            scores.step(assessment=assessment, to=request.POST["to"], by=request.user, reason=reason)
            messages.success(request, _("Done."))
        else:
            raise Http404

    return attempt(request, take, "assessments:assessment_detail", assessment.pk)


@require_POST
@require(Permission.ASSESSMENT_REVIEW)
def assessment_veto(request: SignedInRequest, pk: int) -> HttpResponse:
    """State that a veto has been triggered."""
    assessment = _found(request, pk)
    form = VetoHitForm(assessment.cycle.version.vetoes.all(), request.POST)

    def hit() -> None:
        reason = _reason(form)
        scores.hit_veto(assessment=assessment, veto=form.cleaned_data["veto"], reason=reason, by=request.user)
        messages.success(request, _("The veto holds."))

    return attempt(request, hit, "assessments:assessment_detail", assessment.pk)


@require_POST
@require(Permission.ASSESSMENT_REVIEW)
def assessment_lift(request: SignedInRequest, pk: int, hit: int) -> HttpResponse:
    """State that a veto does not hold after all."""
    assessment = _found(request, pk)
    found = get_object_or_404(VetoHit, pk=hit, assessment=assessment)
    form = ReasonForm(request.POST)

    def lift() -> None:
        scores.lift_veto(hit=found, reason=_reason(form), by=request.user)
        messages.success(request, _("The veto is lifted."))

    return attempt(request, lift, "assessments:assessment_detail", assessment.pk)


@require_GET
@require(Permission.ASSESSMENT_READ)
def assessment_score(request: SignedInRequest, pk: int) -> HttpResponse:
    """One score: the rule, its inputs and people, evidence, every change, and the appeal against it."""
    return _score_page(request, _score(request, pk))


@require_POST
@require(Permission.ASSESSMENT_REPORT)
def assessment_evidence(request: SignedInRequest, pk: int) -> HttpResponse:
    """Keep a file of evidence, or take one back."""
    score = _score(request, pk)
    if "remove" in request.POST:
        number = request.POST["remove"]
        evidence = get_object_or_404(
            Evidence, pk=int(number) if number.isdecimal() and len(number) < 19 else 0, score=score
        )
        try:
            scores.remove_evidence(evidence=evidence, by=request.user)
        except RuleViolation as refusal:
            messages.error(request, str(refusal))
        return redirect("assessments:assessment_score", pk)
    form = EvidenceForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            scores.add_evidence(score=score, name=file.name or "", content=form.content(), by=request.user)
            return redirect("assessments:assessment_score", pk)
        except RuleViolation as refusal:
            form.add_error("file", str(refusal))
    return _score_page(request, score, evidence_form=form)


@require_GET
@require(Permission.ASSESSMENT_READ)
def assessment_file(request: SignedInRequest, pk: int) -> HttpResponse:
    """A file of evidence."""
    evidence = get_object_or_404(Evidence.objects.visible_to(request.user), pk=pk)
    response = HttpResponse(scores.evidence_content(evidence), content_type=evidence.content_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, evidence.name) or "attachment"
    return response


@require_POST
@require(Permission.ASSESSMENT_REPORT)
def assessment_appeal(request: SignedInRequest, pk: int) -> HttpResponse:
    """Appeal against a score on notice."""
    score, form = _score(request, pk), AppealForm(request.POST)
    if form.is_valid():
        try:
            scores.appeal(score=score, text=form.cleaned_data["text"], by=request.user)
            messages.success(request, _("The appeal is made; the bureau decides it before the results are published."))
            return redirect("assessments:assessment_score", pk)
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
    return _score_page(request, score, appeal_form=form)


@require_POST
@require(Permission.ASSESSMENT_REVIEW)
def assessment_decide(request: SignedInRequest, pk: int) -> HttpResponse:
    """Decide the appeal against a score."""
    score = _score(request, pk)
    appeal = get_object_or_404(Appeal, score=score)
    form = DecisionForm(score.rule, request.POST)
    if form.is_valid():
        try:
            scores.decide(appeal=appeal, **form.cleaned_data, by=request.user)
            messages.success(request, _("The appeal is decided."))
            return redirect("assessments:assessment_score", pk)
        except RuleViolation as refusal:
            form.add_error("decision" if refusal.code == "appeal.decision" else None, str(refusal))
    return _score_page(request, score, decision_form=form)


def _page(request: SignedInRequest, assessment: Assessment, form: OwnForm | ReviewForm | None = None) -> HttpResponse:
    rows = scores_of(assessment)
    is_own, is_review = (
        _is_allowed(check, assessment, request.user) for check in (check_can_self_assess, check_can_review)
    )
    if form is None:
        form = ReviewForm(rows) if is_review else OwnForm(rows) if is_own else None
    hits = list(assessment.veto_hits.select_related("veto"))
    context: dict[str, Any] = {
        "assessment": assessment,
        "cycle": assessment.cycle,
        "state": state_chip(assessment),
        "grade": grade_chip(assessment.grade),
        "sections": score_sections(rows, form),
        "missing": sum(row.points is None and row.rule.section.bonus_most is None for row in rows),
        "form": form,
        "is_own": is_own,
        "is_review": is_review,
        "hits": hits,
        "may_review": has_permission(request.user, Permission.ASSESSMENT_REVIEW),
        "may_report": has_permission(request.user, Permission.ASSESSMENT_REPORT),
    }
    if context["may_review"] and assessment.state == State.REVIEWED and assessment.cycle.state == Cycle.State.REVIEW:
        context |= {"is_reviewed": True, "next_unit": next_to_review(assessment, request.user)}
    if is_review:
        held = {hit.veto_id for hit in hits if not hit.lifted_by}
        context["veto_form"] = VetoHitForm(assessment.cycle.version.vetoes.exclude(pk__in=held))
    return render(request, "assessments/assessment_detail.html", context)


def _score_page(request: SignedInRequest, score: Score, **bound: forms.Form) -> HttpResponse:
    assessment = score.assessment
    appeals = Appeal.objects.select_related("made_by", "decided_by", "score__assessment__cycle")
    found = appeals.filter(score=score).first()
    context = {
        "assessment": assessment,
        "cycle": assessment.cycle,
        "line": score_line(score),
        "score": score,
        "aim": aim_words(score.rule),
        "evidence": Evidence.objects.visible_to(request.user).filter(score=score).defer("content").select_related("by"),
        "changes": change_rows(score),
        "appeal": found,
        "is_own": _is_allowed(check_can_self_assess, assessment, request.user),
        "can_appeal": _is_allowed(check_can_appeal, score, request.user),
        "can_decide": found is not None and _is_allowed(check_can_decide, found, request.user),
        "evidence_form": EvidenceForm(),
        "appeal_form": AppealForm(),
        "decision_form": DecisionForm(score.rule),
        **bound,
    }
    return render(request, "assessments/assessment_score.html", context)


def _is_allowed(check: Callable[[Any, Account], None], thing: Assessment | Score | Appeal, by: Account) -> bool:
    try:
        check(thing, by)
    except RuleViolation:
        return False
    return True


def _reason(form: forms.Form) -> str:
    """The reason that a step needs. Raises RuleViolation without one."""
    if not form.is_valid():
        raise RuleViolation("score.reason", _("Give the reason."))
    return str(form.cleaned_data["reason"])


def _found(request: SignedInRequest, pk: int) -> Assessment:
    return get_object_or_404(assessments(request.user), pk=pk)


def _score(request: SignedInRequest, pk: int) -> Score:
    rows = Score.objects.visible_to(request.user).select_related(
        "rule__section",
        "revision__month",
        "assessment__cycle",
        "assessment__institution",
        "assessment__team",
        "assessment__staff",
    )
    return get_object_or_404(rows, pk=pk)
