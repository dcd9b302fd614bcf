"""Samples (抽样) of signed people to be called or visited, which anybody can draw again, and the answers."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from residents.models import Resident
from teams.history import track_history
from teams.models import Institution, Team

if TYPE_CHECKING:
    from teams.models import User


class SampleQuerySet(models.QuerySet):
    """Samples by what an account may see."""

    def visible_to(self, user: "User") -> "SampleQuerySet":
        """The whole district's, and those with people of the account's institutions."""
        if user.scope.is_district:
            return self
        return self.filter(pk__in=Sampled.objects.visible_to(user).values("sample"))


@track_history()
class Sample(models.Model):
    """One draw (docs/samples.md). The frame is kept as it was drawn from: zlib of a line for each person, ids only."""

    class Kind(models.TextChoices):
        PHONE = "phone", _("phone check")
        VISIT = "visit", _("home visit")

    class Method(models.TextChoices):
        MARGIN = "margin", _("by margin of error")
        SIZE = "size", _("a number for each institution")

    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=5, choices=Kind, default=Kind.PHONE)
    as_of = models.DateField(_("as of"))
    seed = models.CharField(_("seed"), max_length=40)
    method = models.CharField(_("size of the sample"), max_length=6, choices=Method, default=Method.SIZE)
    size = models.PositiveSmallIntegerField(_("people of each institution"), default=10)
    margin = models.DecimalField(_("margin of error (± points)"), max_digits=4, decimal_places=1, default=10)
    confidence = models.PositiveSmallIntegerField(_("confidence (%)"), default=95)
    extra_percent = models.PositiveSmallIntegerField(_("added of leads, new, paid, busy (%)"), default=20)
    second_percent = models.PositiveSmallIntegerField(_("called a second time (%)"), default=10)
    frame = models.BinaryField()
    frame_size = models.PositiveIntegerField()
    frame_sha256 = models.CharField(max_length=64)
    drawn_at = models.DateTimeField(auto_now_add=True)
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = SampleQuerySet.as_manager()

    class Meta:
        verbose_name = _("sample")
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                name="assessments_sample_sizes",
                condition=Q(size__gte=1, margin__gt=0, extra_percent__lte=100, second_percent__lte=100),
            ),
        )

    def __str__(self) -> str:
        return self.name


class SampledQuerySet(models.QuerySet):
    """People drawn, by what an account may see."""

    def visible_to(self, user: "User") -> "SampledQuerySet":
        """Those drawn from the account's institutions."""
        return self.filter(user.scope.where("institution")) if user.scope.identities else self.none()


class Sampled(models.Model):
    """Somebody drawn: from which stratum, at random or added for a reason, and how often they were tried."""

    class Reason(models.TextChoices):
        LEAD = "lead", _("lead")
        NEW = "new", _("newly signed")
        PAID = "paid", _("pays something")
        BUSY = "busy", _("team that signs many")

    sample = models.ForeignKey(Sample, models.CASCADE, related_name="people")
    resident = models.ForeignKey(Resident, models.PROTECT, related_name="+")
    place = models.PositiveIntegerField()
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, models.PROTECT, related_name="+")
    category = models.CharField(_("key population"), max_length=20)
    reasons = ArrayField(models.CharField(max_length=4, choices=Reason), default=list)
    is_extra = models.BooleanField(default=False)
    is_second = models.BooleanField(default=False)
    # Calls that reached nobody: dicts on, half (am, pm, evening), result, by.
    tries = models.JSONField(default=list)
    held_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    held_until = models.DateTimeField(null=True)

    objects = SampledQuerySet.as_manager()

    class Meta:
        ordering = ("place",)
        constraints = (
            models.UniqueConstraint(name="assessments_sampled_once", fields=["sample", "resident"]),
            models.UniqueConstraint(name="assessments_sampled_place", fields=["sample", "place"]),
        )

    def __str__(self) -> str:
        return f"{self.sample_id}: {self.place}"


@track_history()
class Check(models.Model):
    """What somebody who was drawn said, or why they were not reached; `turn` 2 is another person's second call."""

    class Result(models.TextChoices):
        TRUE = "true", _("resident: signed, true")
        FAMILY = "family", _("family: signed, true")
        DENIED = "denied", _("denies having signed")
        UNAWARE = "unaware", _("knows nothing of it")
        STRANGER = "stranger", _("wrong number")
        EMPTY = "empty", _("number not in use")
        SUSPENDED = "suspended", _("number suspended")
        OFF = "off", _("switched off")
        NO_ANSWER = "no_answer", _("no answer")
        REFUSED = "refused", _("refused to talk")
        BARRIER = "barrier", _("language or hearing")

    class Received(models.TextChoices):
        ALL = "all", _("all of them")
        SOME = "some", _("some of them")
        NONE = "none", _("none of them")
        UNSURE = "unsure", _("cannot tell")

    # Authenticity: confirmed ones among those whose answer tells (domain: 属实 / (属实 + 否认 + 不知情 + 错号)).
    CONFIRMING = (Result.TRUE, Result.FAMILY)
    TELLING = (*CONFIRMING, Result.DENIED, Result.UNAWARE, Result.STRANGER)
    TALKED = (*CONFIRMING, Result.DENIED, Result.UNAWARE)
    INVALID = (Result.STRANGER, Result.EMPTY, Result.SUSPENDED)
    # Tried again, in another half of a day, before they stand.
    TRIED_AGAIN = (Result.NO_ANSWER, Result.OFF)

    sampled = models.ForeignKey(Sampled, models.CASCADE, related_name="checks")
    turn = models.PositiveSmallIntegerField(default=1)
    result = models.CharField(_("result"), max_length=9, choices=Result)
    knows_team = models.BooleanField(_("knows the team or its doctor"), default=False)
    received = models.CharField(_("services received"), max_length=6, choices=Received, blank=True)
    rating = models.PositiveSmallIntegerField(_("satisfaction"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    on = models.DateField(_("date"))
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    name = models.CharField(max_length=150)

    class Meta:
        verbose_name = _("check")
        constraints = (
            models.UniqueConstraint(name="assessments_check_once_a_turn", fields=["sampled", "turn"]),
            models.CheckConstraint(
                name="assessments_check_only_who_talked_answers",
                condition=Q(result__in=["true", "family", "denied", "unaware"])
                | Q(knows_team=False, received="", rating=None),
            ),
            models.CheckConstraint(
                name="assessments_check_five_steps", condition=Q(rating=None) | Q(rating__gte=1, rating__lte=5)
            ),
        )

    def __str__(self) -> str:
        return f"{self.sampled_id} {self.turn} {self.result}"
