"""Cycles and assessments read for pages: units by sections, a unit's scores, what waits for whom."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Prefetch, Q, QuerySet, Sum

from assessments.models import Appeal, Assessment, Cycle, Evidence, Score, Section, VetoHit
from teams.models import User


@dataclass(frozen=True)
class UnitRow:
    """A unit of a cycle: points by section (None: some rule has none yet), vetoes that hold, open appeals."""

    assessment: Assessment
    sections: Mapping[int, Decimal | None]
    vetoes: Sequence[str]
    appeals: int


def cycles(user: User) -> QuerySet[Cycle]:
    """Cycles with their rubric, the latest first."""
    return Cycle.objects.visible_to(user).select_related("version__rubric")


def assessments(user: User) -> QuerySet[Assessment]:
    """Assessments that the account sees, with their unit and cycle."""
    return Assessment.objects.visible_to(user).select_related(
        "cycle__version", "institution", "team", "staff", "submitted_by", "reviewed_by"
    )


def next_to_review(assessment: Assessment, user: User) -> Assessment | None:
    """Of the same cycle, what the account reviews next: the one after this, else the first that is left."""
    waiting = assessments(user).filter(cycle=assessment.cycle_id).exclude(state=Assessment.State.REVIEWED)
    left = list(waiting.exclude(submitted_by=user.pk).values_list("pk", flat=True))
    after = [pk for pk in left if pk > assessment.pk] or left
    return waiting.get(pk=after[0]) if after else None


def counts_by_state(user: User, those: Iterable[Cycle]) -> dict[int, Counter[str]]:
    """Cycle id -> state -> how many of its assessments that the account sees are in it."""
    found: dict[int, Counter[str]] = defaultdict(Counter)
    rows = Assessment.objects.visible_to(user).filter(cycle__in=list(those)).order_by()
    for cycle, state, number in rows.values_list("cycle_id", "state").annotate(number=Count("pk", distinct=True)):
        found[cycle][state] += number
    return found


def unit_rows(rows: Sequence[Assessment], sections: Sequence[Section]) -> list[UnitRow]:
    """Units with their points by section, in three reads."""
    ids = [row.pk for row in rows]
    scores = Score.objects.filter(assessment__in=ids).order_by().values_list("assessment_id", "rule__section_id")
    sums = {
        (assessment, section): (total, missing)
        for assessment, section, total, missing in scores.annotate(
            total=Sum("points"), missing=Count("pk", filter=Q(points=None))
        )
    }
    vetoes: dict[int, list[str]] = defaultdict(list)
    for assessment, name in VetoHit.objects.filter(assessment__in=ids, lifted_by="").values_list(
        "assessment_id", "veto__name"
    ):
        vetoes[assessment].append(name)
    appeals = Counter(
        Appeal.objects.filter(score__assessment__in=ids, state=Appeal.State.OPEN)
        .order_by()
        .values_list("score__assessment_id", flat=True)
    )
    return [
        UnitRow(
            row, {each.pk: _points(each, *sums[row.pk, each.pk]) for each in sections}, vetoes[row.pk], appeals[row.pk]
        )
        for row in rows
    ]


def scores_of(assessment: Assessment) -> list[Score]:
    """The scores of a unit with rule, section, month and evidence (without its content), section by section."""
    evidence = Prefetch("evidence", Evidence.objects.defer("content"))
    rows = assessment.scores.select_related("rule__section", "revision__month", "appeal").prefetch_related(evidence)
    return list(rows.annotate(changed=Count("changes")).order_by("rule__section__position", "rule__position"))


def open_appeals(cycle: Cycle, user: User) -> QuerySet[Appeal]:
    """Appeals of a cycle that wait for a decision."""
    rows = Appeal.objects.visible_to(user).filter(score__assessment__cycle=cycle, state=Appeal.State.OPEN)
    return rows.select_related(
        "score__rule", "score__assessment__institution", "score__assessment__team", "score__assessment__staff"
    )


def _points(section: Section, total: Decimal | None, missing: int) -> Decimal | None:
    if section.bonus_most is not None:
        return min(total or Decimal("0.00"), section.bonus_most)
    return None if missing else total
