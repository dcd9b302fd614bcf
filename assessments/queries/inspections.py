"""Rounds and how far they are, what is to be inspected, and an inspection's sheet."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet

from assessments.models import Answer, Checklist, ChecklistItem, Finding, FindingProof, Inspection, InspectionRound
from assessments.models.inspections import InspectionQuerySet
from teams.clock import today
from teams.dates import add_months
from teams.models import Institution, User
from teams.models.places import parent_ids
from teams.policy import policy_on


@dataclass(frozen=True)
class Line:
    """An item on an inspection's sheet: what was answered, and the finding when something is wrong."""

    item: ChecklistItem
    answer: Answer | None
    finding: Finding | None
    proofs: list[FindingProof]


def rounds_of(user: User) -> QuerySet[InspectionRound]:
    """The rounds with counts of the account's inspections; for an institution those in which it was inspected."""
    seen = Inspection.objects.visible_to(user)
    rows = InspectionRound.objects.annotate(
        planned=Count("inspections", filter=Q(inspections__in=seen), distinct=True),
        inspected=Count(
            "inspections", filter=Q(inspections__in=seen, inspections__done_on__isnull=False), distinct=True
        ),
    )
    return (rows if user.scope.is_district else rows.filter(planned__gt=0)).order_by("-first_on")


def finding_counts(user: User, rounds: Iterable[int]) -> dict[int, dict[str, int]]:
    """Round id -> the account's findings: found, open, overdue."""
    rows = Finding.objects.visible_to(user).counted().filter(inspection__round__in=list(rounds)).order_by()
    counted = rows.values_list("inspection__round").annotate(
        found=Count("id"),
        left=Count("id", filter=Q(state__in=Finding.OPEN)),
        overdue=Count("id", filter=Q(state=Finding.State.ASSIGNED, due_on__lt=today())),
    )
    return {key: {"found": found, "left": left, "overdue": overdue} for key, found, left, overdue in counted}


def inspections_of(user: User, round_: InspectionRound) -> InspectionQuerySet:
    """The account's inspections of a round with what was answered and found; what is to be done next first."""
    rows = Inspection.objects.visible_to(user).filter(round=round_).select_related("institution", "team", "checklist")
    return rows.annotate(
        answered=Count("answers", distinct=True),
        found=Count("findings", filter=~Q(findings__state="withdrawn"), distinct=True),
        left=Count("findings", filter=Q(findings__state__in=Finding.OPEN), distinct=True),
    ).order_by(F("done_on").desc(nulls_first=True), "planned_on", "institution__code")


def sheet_of(inspection: Inspection) -> list[Line]:
    """Every item of the inspection's checklist, in order."""
    answers = {row.item_id: row for row in inspection.answers.all()}
    findings = {row.item_id: row for row in inspection.findings.select_related("team", "relapse_of")}
    proofs = defaultdict(list)
    kept = FindingProof.objects.filter(finding__inspection=inspection, is_mended=False).defer("content")
    for proof in kept:
        proofs[proof.finding_id].append(proof)
    lines = []
    for item in inspection.checklist.items.all():
        finding = findings.get(item.pk)
        lines.append(Line(item, answers.get(item.pk), finding, proofs[finding.pk] if finding else []))
    return lines


def published() -> dict[str, Checklist]:
    """Kind of institution -> the published checklist for it; of several the first by code."""
    found: dict[str, Checklist] = {}
    for checklist in Checklist.objects.filter(status=Checklist.Status.PUBLISHED).order_by("code"):
        for kind in checklist.kinds:
            found.setdefault(kind, checklist)
    return found


def checklist_for(institution: Institution) -> Checklist | None:
    """The published checklist for institutions of this kind."""
    return published().get(institution.kind)


def to_inspect(round_: InspectionRound) -> list[list[tuple[Institution, Checklist]]]:
    """Institutions that the round doesn't have yet and that have a checklist, in blocks of a centre and its clinics."""
    checklists, above = published(), parent_ids(round_.first_on)
    rows = Institution.objects.filter(kind__in=checklists).exclude(inspections__round=round_).order_by("code")
    blocks: dict[int, list[tuple[Institution, Checklist]]] = defaultdict(list)
    for row in rows:
        is_below = row.kind == Institution.Kind.VILLAGE_CLINIC
        blocks[above.get(row.pk, row.pk) if is_below else row.pk].append((row, checklists[row.kind]))
    return list(blocks.values())


def earlier_finding(institution: Institution, item: ChecklistItem, day: date) -> Finding | None:
    """The last finding at the same item of an earlier inspection there, within the months that make it a relapse."""
    since = add_months(day, -policy_on(day)["relapse_months"])
    rows = Finding.objects.counted().filter(
        institution=institution,
        item__code=item.code,
        item__checklist__code=item.checklist.code,
        found_on__gte=since,
        inspection__done_on__isnull=False,
    )
    return rows.order_by("-found_on", "-pk").first()
