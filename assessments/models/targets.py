"""Targets, and the official resident populations (常住人口) that a bureau enters beside the counted ones."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from teams.history import track_history
from teams.models import Institution


@track_history()
class Target(models.Model):
    """What an indicator is to reach in a year: a rate in per cent or a head count, for a scope (rules.md 3)."""

    class Scope(models.TextChoices):
        ALL = "all", _("everywhere")
        URBAN = "urban", _("urban")
        RURAL = "rural", _("rural")
        INSTITUTION = "institution", _("one institution")

    indicator = models.CharField(_("indicator"), max_length=20)
    category = models.CharField(_("category"), max_length=20, default="all")
    year = models.PositiveSmallIntegerField(_("year"))
    scope = models.CharField(_("scope"), max_length=12, choices=Scope, default=Scope.ALL)
    institution = models.ForeignKey(Institution, models.CASCADE, null=True, blank=True, related_name="targets")
    rate = models.DecimalField(_("rate (%)"), max_digits=5, decimal_places=2, null=True, blank=True)
    count = models.PositiveIntegerField(_("head count"), null=True, blank=True)

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        constraints = (
            models.UniqueConstraint(
                name="assessments_target_once",
                fields=["indicator", "category", "year", "scope", "institution"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="assessments_target_rate_or_count",
                condition=Q(rate=None, count__isnull=False) | Q(rate__isnull=False, count=None),
            ),
            models.CheckConstraint(
                name="assessments_target_scope_names_its_institution",
                condition=Q(scope="institution", institution__isnull=False)
                | (~Q(scope="institution") & Q(institution=None)),
            ),
        )

    def __str__(self) -> str:
        return f"{self.indicator} {self.category} {self.year}"


@track_history()
class Population(models.Model):
    """The official resident population of an institution and year, for everyone or one category."""

    institution = models.ForeignKey(Institution, models.CASCADE, related_name="populations")
    year = models.PositiveSmallIntegerField(_("year"))
    category = models.CharField(_("category"), max_length=20, default="all")
    count = models.PositiveIntegerField(_("count"))

    class Meta:
        verbose_name = _("official population")
        verbose_name_plural = _("official populations")
        constraints = (
            models.UniqueConstraint(name="assessments_population_once", fields=["institution", "year", "category"]),
        )

    def __str__(self) -> str:
        return f"{self.institution_id} {self.year} {self.category}"
