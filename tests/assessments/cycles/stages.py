"""What tests of cycles share: a rubric, and a cycle with its people."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from assessments.actions import cycles, rubrics, scores
from assessments.actions.cycles import Wanted
from assessments.actions.scores import Given, Own
from assessments.models import (
    Assessment,
    Cycle,
    RubricVersion,
    Score,
)
from assessments.rubric_content import Content, RuleContent, SectionContent, VetoContent
from teams.models import User
from teams.models.accounts import SYSTEM
from tests.small_district import OCTOBER

D = Decimal
CONTENT = Content(
    "考核细则",
    sections=(
        SectionContent(
            "服务质量",
            rules=(
                RuleContent("1.1", "签约覆盖率", D(60), "proportional", source="indicator:coverage", target=D(80)),
                RuleContent("1.2", "制度", D(40), "manual"),
            ),
        ),
        SectionContent("加分", D(5), rules=(RuleContent("2.1", "典型", D(5), "manual"),)),
    ),
    vetoes=(VetoContent("V1", "虚假签约", grade="fail"), VetoContent("V2", "事故", total_most=D(59))),
)


@dataclass(frozen=True)
class Stage:
    """A cycle of the centre with its people. The centre covers 3 of 5: 45 of the 60 points."""

    cycle: Cycle
    clerk: User
    official: User
    second: User

    @property
    def assessment(self) -> Assessment:
        return Assessment.objects.get()

    def score(self, code: str) -> Score:
        return Score.objects.get(rule__code=code)

    def own(self, code: str, points: int, text: str = "") -> None:
        scores.save_own(assessment=self.assessment, own={self.score(code).pk: Own(D(points), text)}, by=self.clerk)

    def give(
        self, code: str, points: str, reason: str = "查阅文件", by: User | None = None, edition: int | None = None
    ) -> None:
        row = self.score(code)
        said = Given(D(points), None, reason, row.edition if edition is None else edition)
        scores.review(assessment=self.assessment, given={row.pk: said}, by=by or self.official)

    def step(self, to: str, by: User, reason: str = "") -> Assessment:
        return scores.step(assessment=self.assessment, to=to, by=by, reason=reason)

    def move(self, to: str) -> Cycle:
        return cycles.move(cycle=self.cycle, to=to, by=self.official)

    def put_on_notice(self) -> None:
        self.move("review")
        self.give("1.2", "30")
        self.step("reviewed", self.official)
        self.move("notice")


def wanted(version: RubricVersion, **changes: object) -> Wanted:
    said = Wanted("2018年度", "annual", "institution", version, date(2018, 9, 1), OCTOBER, date(2018, 11, 20))
    return replace(said, **changes)


def in_use(content: Content = CONTENT) -> RubricVersion:
    rubrics.define(code="R", content=content, by=SYSTEM)
    return RubricVersion.objects.get(status="published")
