"""Assessing: cycles, what each unit was given for each rule and why, vetoes that hit, appeals, and trials."""

from typing import TYPE_CHECKING, Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assessments.models.months import Revision
from assessments.models.rubrics import Grade, RubricVersion, Rule, Veto
from teams.clock import today
from teams.history import track_history
from teams.models import Institution, Staff, Team

if TYPE_CHECKING:
    from teams.models import User
    from teams.models.accounts import SystemAccount


class UnitKind(models.TextChoices):
    """Who is assessed. `Assessment.unit_id` is the id of the institution, the team or the member of staff."""

    INSTITUTION = "institution", _("institutions")
    TEAM = "team", _("teams")
    STAFF = "staff", _("single doctors")


def _points(name: Any, **options: Any) -> models.DecimalField:
    """Points as they are kept: two places, empty while nobody has given them."""
    return models.DecimalField(name, max_digits=6, decimal_places=2, null=True, blank=True, **options)


class CycleQuerySet(models.QuerySet):
    """That there is an assessment is no secret; whose results one sees is `Assessment`'s."""

    def visible_to(self, user: "User | SystemAccount") -> "CycleQuerySet":
        """All rows for an account with a role, none otherwise."""
        return self if user.roles else self.none()


@track_history()
class Cycle(models.Model):
    """An assessment of many units by one version of a rubric, over the months `from_month` to `to_month` (firsts)."""

    class Kind(models.TextChoices):
        HALF_YEAR = "half_year", _("half-year")
        ANNUAL = "annual", _("annual")
        AD_HOC = "ad_hoc", _("ad hoc")

    class State(models.TextChoices):
        SELF = "self", _("self-assessment")
        REVIEW = "review", _("review")
        NOTICE = "notice", _("public notice")
        PUBLISHED = "published", _("published")
        CANCELLED = "cancelled", _("cancelled")

    name = models.CharField(_("name"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    unit_kind = models.CharField(_("who is assessed"), max_length=12, choices=UnitKind)
    version = models.ForeignKey(RubricVersion, models.PROTECT, related_name="cycles")
    from_month = models.DateField(_("from month"))
    to_month = models.DateField(_("to month"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.SELF)
    self_due_on = models.DateField(_("self-assessment by"))
    notice_on = models.DateField(_("notice on"), null=True, blank=True)
    appeal_until = models.DateField(_("appeals until"), null=True, blank=True)
    published_on = models.DateField(_("published on"), null=True, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    objects = CycleQuerySet.as_manager()

    class Meta:
        verbose_name = _("assessment cycle")
        ordering = ("-to_month", "-id")
        constraints = (
            models.CheckConstraint(
                name="assessments_cycle_whole_months",
                condition=Q(from_month__day=1, to_month__day=1, to_month__gte=F("from_month")),
            ),
            models.CheckConstraint(
                name="assessments_cycle_notice_is_whole",
                condition=(Q(notice_on=None, appeal_until=None) & ~Q(state__in=["notice", "published"]))
                | Q(notice_on__isnull=False, appeal_until__gte=F("notice_on")),
            ),
            models.CheckConstraint(
                name="assessments_cycle_published_has_day",
                condition=Q(state="published", published_on__isnull=False)
                | (~Q(state="published") & Q(published_on=None)),
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def takes_appeals(self) -> bool:
        """Whether the days on which units may appeal are running."""
        return self.state == self.State.NOTICE and self.appeal_until is not None and today() <= self.appeal_until


class AssessmentQuerySet(models.QuerySet):
    """Assessments by what an account may see."""

    def visible_to(self, user: "User | SystemAccount") -> "AssessmentQuerySet":
        """Those of the account's institutions and of what belongs to them, a doctor's teams, and their own."""
        mine = user.scope.where_team("team_id", "institution_id")
        staff = getattr(user, "staff_id", None)
        return self.filter(mine | Q(staff_id=staff) if staff else mine)


@track_history()
class Assessment(models.Model):
    """One unit in a cycle. `institution` is the unit itself, or that of the team or the member of staff."""

    class State(models.TextChoices):
        OPEN = "open", _("self-assessment open")
        SUBMITTED = "submitted", _("handed in")
        REVIEWED = "reviewed", _("reviewed")

    cycle = models.ForeignKey(Cycle, models.CASCADE, related_name="assessments")
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="assessments")
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="assessments")
    staff = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="assessments")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    total = _points(_("total"))
    grade = models.CharField(_("grade"), max_length=10, choices=Grade, blank=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    returned_for = models.TextField(_("returned because"), blank=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assessment")
        ordering = ("cycle", "institution__code", "team__code", "staff__staff_no")
        constraints = (
            models.UniqueConstraint(
                name="assessments_assessment_once",
                fields=["cycle", "institution", "team", "staff"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(name="assessments_assessment_one_unit", condition=Q(team=None) | Q(staff=None)),
            models.CheckConstraint(
                name="assessments_assessment_second_person",
                condition=Q(submitted_by=None) | Q(reviewed_by=None) | ~Q(reviewed_by=F("submitted_by")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.cycle_id} {self.unit_id}"

    @property
    def unit_id(self) -> int:
        """The id of what is assessed, in the cycle's kind of unit."""
        return self.team_id or self.staff_id or self.institution_id

    @property
    def unit_name(self) -> str:
        """Of the team, the member of staff or the institution."""
        return (self.team or self.staff or self.institution).name


class ScoreQuerySet(models.QuerySet):
    """Scores by what an account may see."""

    def visible_to(self, user: "User | SystemAccount") -> "ScoreQuerySet":
        """Those of assessments that the account sees."""
        return self.filter(assessment__in=Assessment.objects.visible_to(user))


@track_history()
class Score(models.Model):
    """What a unit was given for a rule: `points` count; beside them what the figures, the unit itself, and a third
    party say. `edition` counts the changes, so that two who change it at once are told apart.

    Measured: `numerator`, `denominator` (empty: the numerator is the value itself), the `revision` of the month that
    they were read from, and the `target` as it was then.
    """

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="scores")
    rule = models.ForeignKey(Rule, models.PROTECT, related_name="scores")
    revision = models.ForeignKey(Revision, models.PROTECT, null=True, blank=True, related_name="+")
    numerator = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    denominator = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    target = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    evidence_url = models.CharField(max_length=300, blank=True)
    computed_points = _points(_("computed"))
    self_points = _points(_("own score"))
    self_text = models.TextField(_("what was done"), blank=True)
    third_points = _points(_("third party's score"))
    points = _points(_("points"))
    edition = models.PositiveIntegerField(default=0)

    objects = ScoreQuerySet.as_manager()

    class Meta:
        verbose_name = _("score")
        ordering = ("assessment", "rule__section__position", "rule__position")
        constraints = (
            models.UniqueConstraint(name="assessments_score_once", fields=["assessment", "rule"]),
            models.CheckConstraint(
                name="assessments_score_not_negative",
                condition=(Q(points=None) | Q(points__gte=0))
                & (Q(self_points=None) | Q(self_points__gte=0))
                & (Q(third_points=None) | Q(third_points__gte=0)),
            ),
        )

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.rule_id}: {self.points}"


class ScoreChange(models.Model):
    """One change of a score: who, before, after, why. Never changed."""

    class What(models.TextChoices):
        COMPUTED = "computed", _("computed again")
        SELF = "self", _("own score")
        THIRD = "third", _("third party's score")
        REVIEW = "review", _("review")
        APPEAL = "appeal", _("appeal")

    score = models.ForeignKey(Score, models.CASCADE, related_name="changes")
    what = models.CharField(_("what"), max_length=10, choices=What)
    before = _points(_("before"))
    after = _points(_("after"))
    reason = models.TextField(_("reason"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)
        triggers = (pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.score_id} {self.before} → {self.after}"


class EvidenceQuerySet(models.QuerySet):
    """Evidence by what an account may see."""

    def visible_to(self, user: "User | SystemAccount") -> "EvidenceQuerySet":
        """That of assessments that the account sees; none for accounts that see no people: a file may show them."""
        seen = self.filter(score__assessment__in=Assessment.objects.visible_to(user))
        return seen if user.scope.identities else seen.none()


@track_history(exclude=["content"])
class Evidence(models.Model):
    """A file that a unit shows for a rule, encrypted; `sha256` is that of the file in clear."""

    score = models.ForeignKey(Score, models.CASCADE, related_name="evidence")
    name = models.CharField(_("file name"), max_length=120)
    content_type = models.CharField(max_length=80)
    content = models.BinaryField()
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence")
        ordering = ("id",)
        triggers = (pgtrigger.Protect(name="as_shown", operation=pgtrigger.Update),)

    def __str__(self) -> str:
        return self.name


@track_history()
class VetoHit(models.Model):
    """A veto that a unit has triggered, with the reason; once lifted it no longer counts."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="veto_hits")
    veto = models.ForeignKey(Veto, models.PROTECT, related_name="hits")
    reason = models.TextField(_("reason"))
    evidence_url = models.CharField(max_length=300, blank=True)
    by = models.CharField(_("by"), max_length=150)
    at = models.DateTimeField(auto_now_add=True)
    lifted_for = models.TextField(_("lifted because"), blank=True)
    lifted_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ("veto__position",)
        constraints = (models.UniqueConstraint(name="assessments_veto_hit_once", fields=["assessment", "veto"]),)

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.veto_id}"


class AppealQuerySet(models.QuerySet):
    """Appeals by what an account may see."""

    def visible_to(self, user: "User | SystemAccount") -> "AppealQuerySet":
        """Those of assessments that the account sees."""
        return self.filter(score__assessment__in=Assessment.objects.visible_to(user))


@track_history()
class Appeal(models.Model):
    """A unit says that a score is wrong; an official decides, with a reason and the points that hold from then on."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        UPHELD = "upheld", _("appeal upheld")
        DISMISSED = "dismissed", _("appeal dismissed")

    score = models.OneToOneField(Score, models.CASCADE, related_name="appeal")
    text = models.TextField(_("why the score is wrong"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    decision = models.TextField(_("decision"), blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = AppealQuerySet.as_manager()

    class Meta:
        verbose_name = _("appeal")
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                name="assessments_appeal_decision_is_whole",
                condition=Q(state="open", decided_by=None, decided_at=None)
                | (~Q(state="open") & Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(decision="")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.score_id} {self.state}"


@track_history()
class Scenario(models.Model):
    """A what-if: a copy of a year's policy with changes, tried on frozen months. It changes nothing else.

    `changes`: {"rules": {code: {"points": "5.00", "target": "60.00"}}, "prices": …, "fund": …}; amounts as texts.
    """

    name = models.CharField(_("name"), max_length=80)
    version = models.ForeignKey(RubricVersion, models.PROTECT, related_name="+")
    unit_kind = models.CharField(_("who is assessed"), max_length=12, choices=UnitKind, default=UnitKind.TEAM)
    from_month = models.DateField(_("from month"))
    to_month = models.DateField(_("to month"))
    changes = models.JSONField(default=dict, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("scenario")
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.name
