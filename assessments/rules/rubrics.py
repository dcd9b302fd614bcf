"""What a rubric must be to be kept as a draft, and to be published (docs/rules.md 7)."""

from collections import Counter
from collections.abc import Collection
from decimal import Decimal

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from assessments.models import Grade, RubricVersion, Rule
from assessments.rubric_content import Content, RuleContent, VetoContent
from assessments.sources import sources_of
from teams.models import User
from teams.models.accounts import SystemAccount
from teams.permissions import Permission, has_permission
from teams.rules import RuleViolation
from teams.versions import check_is_draft

FULL_POINTS = Decimal(100)
Method = Rule.Method
# These compare what was measured with a target.
TO_TARGET = (Method.PROPORTIONAL, Method.DEDUCT, Method.PASS_FAIL)
INDICATOR, FINDINGS = "indicator:", "findings:"


def check_can_edit_rubrics(by: User | SystemAccount) -> None:
    """Rubrics are the administrator's."""
    if not has_permission(by, Permission.RUBRIC_EDIT):
        raise RuleViolation("rubric.not_allowed", _("Only an administrator changes rubrics."))


def check_content(content: Content) -> None:
    """What a draft may hold: each rule whole in itself, codes used once, grades in order."""
    if not content.name.strip():
        raise RuleViolation("rubric.name", _("Give the rubric a name."))
    if not content.excellent_from >= content.good_from >= content.pass_from >= 0:
        raise RuleViolation("rubric.grades", _("The bounds of the grades descend from excellent to pass."))
    codes = Counter([*(rule.code for rule in content.rules), *(veto.code for veto in content.vetoes)])
    for code, times in codes.items():
        if times > 1:
            raise RuleViolation("rubric.code_twice", format_lazy(_("The code {code} is used twice."), code=code))
    named = [*(rule.source for rule in content.rules), *(veto.source for veto in content.vetoes)]
    sources = sources_of(source for source in named if source)
    for rule in content.rules:
        _check_rule(rule, sources)
    for veto in content.vetoes:
        _check_veto(veto, sources)


def _check_rule(rule: RuleContent, sources: Collection[str]) -> None:
    """A rule has a code, points above nothing, a known source, and what its method needs."""
    if not rule.code.strip() or not rule.name.strip():
        raise RuleViolation("rule.name", _("A rule has a code and a name."))
    if rule.points <= 0:
        raise _of_rule(rule, "points", _("its points are above 0"))
    if rule.method not in Method.values:
        raise _of_rule(rule, "method", _("there is no such method"))
    if rule.source and rule.source not in sources:
        raise _of_rule(rule, "source", format_lazy(_("there is no source “{source}”"), source=rule.source))
    _METHOD_CHECKS.get(Method(rule.method), _check_target)(rule)


def _check_target(rule: RuleContent) -> None:
    """Only indicators have targets of the year to fall back on."""
    if rule.source and rule.target is None and not rule.source.startswith(INDICATOR):
        raise _of_rule(rule, "target", _("it needs a target"))
    if rule.target is not None and rule.target < 0:
        raise _of_rule(rule, "target", _("a target is not below 0"))


def _check_manual(rule: RuleContent) -> None:
    if rule.source:
        raise _of_rule(rule, "source", _("points given by the assessor have no source"))


def _check_steps(rule: RuleContent) -> None:
    _check_target(rule)
    if not rule.step or rule.step < 0 or not rule.step_points or rule.step_points < 0:
        raise _of_rule(rule, "step", _("it needs a step and the points that each step costs"))


def _check_bands(rule: RuleContent) -> None:
    """Bands descend in points, and their bounds from the best on, so that the first one reached is the right one."""
    if not rule.bands:
        raise _of_rule(rule, "bands", _("it needs at least one band"))
    bounds = [band.bound for band in rule.bands]
    if bounds != sorted(set(bounds), reverse=not rule.lower_is_better):
        raise _of_rule(rule, "bands", _("the bounds of its bands go from the best to the worst"))
    if any(not 0 <= band.points <= rule.points for band in rule.bands):
        raise _of_rule(rule, "bands", _("a band gives between 0 and the rule's points"))


def _check_findings(rule: RuleContent) -> None:
    if rule.source and not rule.source.startswith(FINDINGS):
        raise _of_rule(rule, "source", _("findings of inspections are its source"))


_METHOD_CHECKS = {
    Method.MANUAL: _check_manual,
    Method.DEDUCT: _check_steps,
    Method.BANDS: _check_bands,
    Method.FINDINGS: _check_findings,
}


def _check_veto(veto: VetoContent, sources: Collection[str]) -> None:
    """A veto caps the total or the grade, or both."""
    if not veto.code.strip() or not veto.name.strip():
        raise RuleViolation("veto.name", _("A veto has a code and a name."))
    if veto.total_most is None and not veto.grade:
        raise RuleViolation(
            "veto.effect", format_lazy(_("{veto}: say at most which total or which grade it leaves."), veto=veto.name)
        )
    if veto.total_most is not None and not 0 <= veto.total_most < FULL_POINTS:
        raise RuleViolation(
            "veto.effect", format_lazy(_("{veto}: the total that it leaves lies between 0 and 100."), veto=veto.name)
        )
    if veto.grade and veto.grade not in Grade.values:
        raise RuleViolation("veto.grade", format_lazy(_("{veto}: there is no such grade."), veto=veto.name))
    if veto.source and veto.source not in sources:
        raise RuleViolation(
            "veto.source", format_lazy(_("{veto}: there is no source “{source}”."), veto=veto.name, source=veto.source)
        )


def check_can_publish(version: RubricVersion) -> None:
    """A draft that is whole and says something new: every section has rules, the ordinary ones are worth 100 points."""
    check_is_draft(version, "rubric")
    content = Content.of(version)
    check_content(content)
    _check_is_new(version, content)
    if not content.sections:
        raise RuleViolation("rubric.empty", _("The rubric has no section yet."))
    for section in content.sections:
        if not section.rules:
            raise RuleViolation(
                "rubric.section_empty", format_lazy(_("The section {section} has no rule yet."), section=section.name)
            )
    if content.full_points != FULL_POINTS:
        raise RuleViolation(
            "rubric.not_100",
            format_lazy(_("The points of all rules add up to {points}, not to 100."), points=content.full_points),
        )


def _check_is_new(draft: RubricVersion, content: Content) -> None:
    present = draft.rubric.versions.filter(status=RubricVersion.Status.PUBLISHED).first()
    if present and Content.of(present) == content:
        raise RuleViolation(
            "rubric.no_change",
            format_lazy(
                _("It says what version {number} says, which is in use: change something, or drop the draft."),
                number=present.number,
            ),
        )


def _of_rule(rule: RuleContent, code: str, why: object) -> RuleViolation:
    return RuleViolation(f"rule.{code}", format_lazy(_("Rule {rule}: {why}."), rule=rule.code, why=why))
