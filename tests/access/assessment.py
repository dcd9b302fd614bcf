"""Rubrics, cycles and assessments: how one is assessed is everybody's to read, a result the unit's and the bureau's."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from assessments.actions import rubrics
from assessments.models import Appeal, Assessment, Cycle, Evidence, RubricVersion, Scenario, Score, VetoHit
from assessments.rubric_content import Content, RuleContent, SectionContent, VetoContent
from teams import cipher
from teams.models.accounts import SYSTEM

if TYPE_CHECKING:
    from teams.models import User
    from tests.accounts import Place

TABLE = """
assessments:scenario_list   -      in  404 404 404 200 200 200    in  404 404 404 200 200 403
assessments:scenario_detail -      in  404 404 404 200 200 200    in  404 404 404 302 302 403
assessments:scenario_progress -    in  404 404 404 200 200 200    in  405 405 405 405 405 405
assessments:scenario_again  -      in  405 405 405 405 405 405    in  404 404 404 302 302 302
assessments:scenario_drop   -      in  405 405 405 405 405 405    in  404 404 404 302 302 403
assessments:cycle_list      -      in  200 200 200 200 200 200    in  405 405 405 405 405 405
assessments:cycle_create    -      in  403 403 403 200 403 403    in  403 403 403 200 403 403
assessments:cycle_detail    -      in  200 200 200 200 200 200    in  405 405 405 405 405 405
assessments:cycle_file      -      in  200 200 200 200 200 200    in  405 405 405 405 405 405
assessments:cycle_move      -      in  405 405 405 405 405 405    in  403 403 403 302 403 403
assessments:cycle_rescore   -      in  405 405 405 405 405 405    in  403 403 403 302 403 403
assessments:cycle_notice    -      in  404 404 404 200 200 200    in  405 405 405 405 405 405
assessments:assessment_detail   own   in  200 404 404 200 200 200    in  405 405 405 405 405 405
assessments:assessment_detail   other in  404 200 404 200 200 200    in  405 405 405 405 405 405
assessments:assessment_own      own   in  405 405 405 405 405 405    in  302 404 403 403 403 403
assessments:assessment_own      other in  405 405 405 405 405 405    in  404 302 403 403 403 403
assessments:assessment_review   -     in  405 405 405 405 405 405    in  403 403 403 200 403 403
assessments:assessment_step     -     in  405 405 405 405 405 405    in  403 403 403 302 403 403
assessments:assessment_veto     -     in  405 405 405 405 405 405    in  403 403 403 302 403 403
assessments:assessment_lift     -     in  405 405 405 405 405 405    in  403 403 403 302 403 403
assessments:assessment_score    own   in  200 404 404 200 200 200    in  405 405 405 405 405 405
assessments:assessment_score    other in  404 200 404 200 200 200    in  405 405 405 405 405 405
assessments:assessment_evidence own   in  405 405 405 405 405 405    in  200 404 403 403 403 403
assessments:assessment_evidence other in  405 405 405 405 405 405    in  404 200 403 403 403 403
assessments:assessment_appeal   own   in  405 405 405 405 405 405    in  200 404 403 403 403 403
assessments:assessment_appeal   other in  405 405 405 405 405 405    in  404 200 403 403 403 403
assessments:assessment_decide   -     in  405 405 405 405 405 405    in  403 403 403 200 403 403
assessments:assessment_file     own   in  200 404 404 200 200 404    in  405 405 405 405 405 405
assessments:assessment_file     other in  404 200 404 200 200 404    in  405 405 405 405 405 405
assessments:rubric_list     -      in  200 200 200 200 200 200    in  405 405 405 405 405 405
assessments:rubric_create   -      in  403 403 403 403 200 403    in  403 403 403 403 200 403
assessments:rubric_detail   -      in  200 200 200 200 200 200    in  405 405 405 405 405 405
assessments:rubric_diff     -      in  200 200 200 200 200 200    in  405 405 405 405 405 405
assessments:rubric_try      -      in  404 404 404 200 200 200    in  405 405 405 405 405 405
assessments:rubric_file     -      in  200 200 200 200 200 200    in  405 405 405 405 405 405
assessments:rubric_edit     -      in  403 403 403 403 200 403    in  403 403 403 403 200 403
assessments:rubric_upload   -      in  405 405 405 405 405 405    in  403 403 403 403 302 403
assessments:rubric_draft    -      in  405 405 405 405 405 405    in  403 403 403 403 302 403
assessments:rubric_publish  -      in  405 405 405 405 405 405    in  403 403 403 403 302 403
assessments:rubric_retire   -      in  405 405 405 405 405 405    in  403 403 403 403 302 403
assessments:rubric_drop     -      in  405 405 405 405 405 405    in  403 403 403 403 302 403
"""


def version(status: str) -> RubricVersion:
    """The version of the test's rubric in that state."""
    return RubricVersion.objects.filter(rubric__code="R", status=status).first() or RubricVersion(pk=10**9)


def of_draft(**more: object) -> Callable[["Place | None"], tuple[dict[str, object], dict[str, object]]]:
    return lambda _place: ({"pk": version("draft").pk, **more}, {})


def of_published(_place: "Place | None") -> tuple[dict[str, object], dict[str, object]]:
    return {"pk": version("published").pk}, {}


def both(_place: "Place | None") -> tuple[dict[str, object], dict[str, object]]:
    return {"pk": version("draft").pk, "other": version("published").pk}, {}


def cycle(name: str) -> "Callable[[Place | None], tuple[dict[str, object], dict[str, object]]]":
    return lambda _place: ({"pk": Cycle.objects.get(name=name).pk}, {})


def assessment_of(place: "Place | None") -> Assessment:
    """The assessment of a place's centre (of the first one, for pages that are no place's)."""
    rows = Assessment.objects.filter(cycle__name="自评")
    found = rows.filter(institution=place.centre.pk).first() if place else rows.first()
    return found or Assessment(pk=10**9)


def of_assessment(place: "Place | None") -> tuple[dict[str, object], dict[str, object]]:
    return {"pk": assessment_of(place).pk}, {}


def of_hit(place: "Place | None") -> tuple[dict[str, object], dict[str, object]]:
    return {"pk": assessment_of(place).pk, "hit": VetoHit.objects.get(assessment=assessment_of(place)).pk}, {}


def of_score(place: "Place | None") -> tuple[dict[str, object], dict[str, object]]:
    found = Score.objects.filter(assessment=assessment_of(place).pk).first()
    return {"pk": found.pk if found else 10**9}, {}


def of_file(place: "Place | None") -> tuple[dict[str, object], dict[str, object]]:
    found = Evidence.objects.filter(score__assessment=assessment_of(place).pk).first()
    return {"pk": found.pk if found else 10**9}, {}


def of_scenario(_place: "Place | None") -> tuple[dict[str, object], dict[str, object]]:
    return {"pk": Scenario.objects.get().pk}, {}


ADDRESSES: "Mapping[str, Callable[[Place | None], tuple[Mapping[str, object], Mapping[str, object]]]]" = {
    "assessments:scenario_detail": of_scenario,
    "assessments:scenario_progress": of_scenario,
    "assessments:scenario_again": of_scenario,
    "assessments:scenario_drop": of_scenario,
    "assessments:rubric_detail": of_published,
    "assessments:rubric_diff": both,
    "assessments:rubric_try": of_draft(),
    "assessments:rubric_file": of_published,
    "assessments:rubric_edit": of_draft(part="rule", key="1.1"),
    "assessments:rubric_upload": of_draft(),
    "assessments:rubric_draft": of_published,
    "assessments:rubric_publish": of_draft(),
    "assessments:rubric_retire": of_published,
    "assessments:rubric_drop": of_draft(),
    "assessments:cycle_detail": cycle("自评"),
    "assessments:cycle_file": cycle("自评"),
    "assessments:cycle_move": cycle("自评"),
    "assessments:cycle_rescore": cycle("自评"),
    "assessments:cycle_notice": cycle("公示"),
    "assessments:assessment_detail": of_assessment,
    "assessments:assessment_own": of_assessment,
    "assessments:assessment_review": of_assessment,
    "assessments:assessment_step": of_assessment,
    "assessments:assessment_veto": of_assessment,
    "assessments:assessment_lift": of_hit,
    "assessments:assessment_score": of_score,
    "assessments:assessment_evidence": of_score,
    "assessments:assessment_appeal": of_score,
    "assessments:assessment_decide": of_score,
    "assessments:assessment_file": of_file,
}


def furnish(place: "Place", users: "Mapping[str, User]") -> None:
    """A rubric in use with a draft of its next version and two cycles, once for both places; the place's assessment."""
    if version("published").pk == 10**9:
        target = Decimal(60)
        rule = RuleContent("1.1", "覆盖率", Decimal(100), "proportional", source="indicator:coverage", target=target)
        section, veto = SectionContent("服务质量", rules=(rule,)), VetoContent("V1", "虚假签约", grade="fail")
        rubrics.define(code="R", content=Content("考核细则", sections=(section,), vetoes=(veto,)), by=SYSTEM)
        rubrics.start_draft(rubric=version("published").rubric, by=SYSTEM)
        month = date(2018, 11, 1)
        Scenario.objects.create(name="若", version=version("published"), from_month=month, to_month=month)
        make_cycle("自评")
        make_cycle("公示", state="notice", notice_on=date(2018, 11, 1), appeal_until=date(2018, 11, 6))
    assess(place, users["official"])


def make_cycle(name: str, **fields: object) -> None:
    """A cycle of institutions over the year."""
    Cycle.objects.create(
        name=name,
        kind="annual",
        unit_kind="institution",
        version=version("published"),
        from_month=date(2018, 1, 1),
        to_month=date(2018, 11, 1),
        self_due_on=date(2018, 12, 1),
        **fields,
    )


def assess(place: "Place", official: "User") -> None:
    """The place's centre in the cycle of self-assessment, with a veto, a file and an appeal."""
    cycle = Cycle.objects.get(name="自评")
    made = Assessment.objects.create(cycle=cycle, institution=place.centre)
    score = Score.objects.create(assessment=made, rule=cycle.version.rules.get())
    VetoHit.objects.create(assessment=made, veto=cycle.version.vetoes.get(), reason="x", by="y")
    content = cipher.encrypt_bytes(b"x", field="evidence")
    Evidence.objects.create(
        score=score, name="x.pdf", content_type="application/pdf", content=content, size=1, sha256="0" * 64, by=official
    )
    Appeal.objects.create(score=score, text="x", made_by=official)
