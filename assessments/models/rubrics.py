"""What is assessed and how, as data: rubrics, their versions, sections, rules and vetoes (docs/rules.md 7)."""

from decimal import Decimal
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from teams.history import track_history
from teams.versions import Version, part_stays, version_stays

if TYPE_CHECKING:
    from teams.models import User

_PARTS = (part_stays("assessments_rubricversion"),)


class RubricQuerySet(models.QuerySet):
    """How one is assessed is no secret: every account with a role reads it."""

    def visible_to(self, user: "User") -> "RubricQuerySet":
        """All rows for an account with a role, none otherwise."""
        return self if user.roles else self.none()


class Grade(models.TextChoices):
    """What a total amounts to, the best first."""

    EXCELLENT = "excellent", _("excellent")
    GOOD = "good", _("good")
    PASS = "pass", _("pass")
    FAIL = "fail", _("fail")


@track_history()
class Rubric(models.Model):
    """A way to assess; what it asks for stands in its versions."""

    code = models.CharField(_("rubric code"), max_length=40, unique=True)

    objects = RubricQuerySet.as_manager()

    class Meta:
        verbose_name = _("rubric")
        ordering = ("code",)

    def __str__(self) -> str:
        return self.code


@track_history()
class RubricVersion(Version):
    """One state of a rubric. Totals from `…_from` on have the grade; below `pass_from` it is a fail."""

    rubric = models.ForeignKey(Rubric, models.CASCADE, related_name="versions")
    name = models.CharField(_("rubric name"), max_length=80)
    paper = models.CharField(_("paper that it follows"), max_length=200, blank=True)
    excellent_from = models.DecimalField(_("excellent from"), max_digits=6, decimal_places=2, default=Decimal("90.00"))
    good_from = models.DecimalField(_("good from"), max_digits=6, decimal_places=2, default=Decimal("80.00"))
    pass_from = models.DecimalField(_("pass from"), max_digits=6, decimal_places=2, default=Decimal("60.00"))

    objects = RubricQuerySet.as_manager()

    class Meta:
        verbose_name = _("rubric version")
        ordering = ("rubric__code", "-number")
        triggers = (version_stays(),)
        constraints = (
            models.UniqueConstraint(name="assessments_rubric_version_number", fields=["rubric", "number"]),
            models.UniqueConstraint(
                name="assessments_rubric_one_published", fields=["rubric"], condition=Q(status="published")
            ),
            models.UniqueConstraint(
                name="assessments_rubric_one_draft", fields=["rubric"], condition=Q(status="draft")
            ),
            models.CheckConstraint(
                name="assessments_rubric_grades_descend",
                condition=Q(excellent_from__gte=F("good_from"), good_from__gte=F("pass_from"), pass_from__gte=0),
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} v{self.number}"


@track_history()
class Section(models.Model):
    """A part of a version. With `bonus_most` its points come on top of the others', at most so many."""

    version = models.ForeignKey(RubricVersion, models.CASCADE, related_name="sections")
    position = models.PositiveSmallIntegerField(_("position"))
    name = models.CharField(_("section"), max_length=80)
    bonus_most = models.DecimalField(_("bonus, at most"), max_digits=6, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = _("section")
        ordering = ("version", "position")
        triggers = _PARTS
        constraints = (
            models.UniqueConstraint(name="assessments_section_position", fields=["version", "position"]),
            models.CheckConstraint(
                name="assessments_section_bonus", condition=Q(bonus_most=None) | Q(bonus_most__gt=0)
            ),
        )

    def __str__(self) -> str:
        return self.name


@track_history()
class Rule(models.Model):
    """What one thing is worth, and how its points follow from what was measured.

    `source` says where the measure comes from (`assessments.sources`); empty: the assessor gives it. `target` empty:
    the year's target of the unit for that indicator. `bounds` and `bound_points` are the bands, element by element,
    the best first.
    """

    class Method(models.TextChoices):
        PROPORTIONAL = "proportional", _("in proportion to the target")
        DEDUCT = "deduct", _("deduction for each step short of the target")
        BANDS = "bands", _("by bands")
        PASS_FAIL = "pass_fail", _("all or nothing")
        FINDINGS = "findings", _("deductions of findings")
        MANUAL = "manual", _("by the assessor")

    version = models.ForeignKey(RubricVersion, models.CASCADE, related_name="rules")
    section = models.ForeignKey(Section, models.CASCADE, related_name="rules")
    position = models.PositiveSmallIntegerField(_("position"))
    code = models.CharField(_("rule code"), max_length=20)
    name = models.CharField(_("rule"), max_length=120)
    guidance = models.TextField(_("how it is checked"), blank=True)
    points = models.DecimalField(_("points"), max_digits=6, decimal_places=2)
    method = models.CharField(_("method"), max_length=12, choices=Method)
    source = models.CharField(_("source"), max_length=80, blank=True)
    target = models.DecimalField(_("target"), max_digits=12, decimal_places=2, null=True, blank=True)
    lower_is_better = models.BooleanField(_("lower is better"), default=False)
    step = models.DecimalField(_("step"), max_digits=12, decimal_places=2, null=True, blank=True)
    step_points = models.DecimalField(_("points a step"), max_digits=6, decimal_places=2, null=True, blank=True)
    bounds = ArrayField(models.DecimalField(max_digits=12, decimal_places=2), default=list, blank=True)
    bound_points = ArrayField(models.DecimalField(max_digits=6, decimal_places=2), default=list, blank=True)

    class Meta:
        verbose_name = _("rule")
        ordering = ("section__position", "position")
        triggers = _PARTS
        constraints = (
            models.UniqueConstraint(name="assessments_rule_code", fields=["version", "code"]),
            models.CheckConstraint(name="assessments_rule_points", condition=Q(points__gt=0)),
            models.CheckConstraint(
                name="assessments_rule_steps",
                condition=~Q(method="deduct")
                | Q(step__isnull=False, step_points__isnull=False, step__gt=0, step_points__gt=0),
            ),
            models.CheckConstraint(
                name="assessments_rule_bands",
                condition=Q(bounds__len=F("bound_points__len")) & (~Q(method="bands") | ~Q(bounds=[])),
            ),
            models.CheckConstraint(
                name="assessments_rule_manual_has_no_source", condition=~Q(method="manual") | Q(source="")
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


@track_history()
class Veto(models.Model):
    """What spoils a whole assessment: it caps the total, or no better grade than `grade` is given.

    It is triggered when what its source measures reaches `trigger`; without a source, by an official with a reason.
    """

    version = models.ForeignKey(RubricVersion, models.CASCADE, related_name="vetoes")
    position = models.PositiveSmallIntegerField(_("position"))
    code = models.CharField(_("veto code"), max_length=20)
    name = models.CharField(_("veto"), max_length=120)
    source = models.CharField(_("source"), max_length=80, blank=True)
    trigger = models.DecimalField(_("triggered from"), max_digits=12, decimal_places=2, default=Decimal("1.00"))
    total_most = models.DecimalField(_("total at most"), max_digits=6, decimal_places=2, null=True, blank=True)
    grade = models.CharField(_("grade at most"), max_length=10, choices=Grade, blank=True)

    class Meta:
        verbose_name = _("veto")
        ordering = ("version", "position")
        triggers = _PARTS
        constraints = (
            models.UniqueConstraint(name="assessments_veto_code", fields=["version", "code"]),
            models.CheckConstraint(
                name="assessments_veto_caps_or_grades", condition=Q(total_most__isnull=False) | ~Q(grade="")
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
