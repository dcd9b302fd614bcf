"""Residents' own voice: personal links on the handbook, and what came back by them."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contracts.models import Contract
from residents.models import Resident
from teams.history import track_history
from teams.models import Institution, Team

if TYPE_CHECKING:
    from teams.models import User


class VoiceLink(models.Model):
    """A personal link, good for one answer until `expires_on`. Only the hash of its token is stored."""

    token_sha256 = models.CharField(max_length=64, unique=True)
    contract = models.ForeignKey(Contract, models.CASCADE, related_name="voice_links")
    resident = models.ForeignKey(Resident, models.CASCADE, related_name="+")
    number = models.PositiveSmallIntegerField()
    expires_on = models.DateField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(name="assessments_voicelink_once", fields=["contract", "number"]),)

    def __str__(self) -> str:
        return f"{self.contract_id} {self.number}"


class VoiceLook(models.Model):
    """A look at such a link from an address, to stop floods; forgotten after a day."""

    address = models.GenericIPAddressField()
    token_sha256 = models.CharField(max_length=64)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = (
            models.Index(name="assessments_look_address", fields=["address", "at"]),
            models.Index(name="assessments_look_token", fields=["token_sha256", "at"]),
        )

    def __str__(self) -> str:
        return f"{self.at}"


class VoiceQuerySet(models.QuerySet):
    """What residents said, by what an account may see."""

    def visible_to(self, user: "User") -> "VoiceQuerySet":
        """About the account's institutions."""
        return self.filter(user.scope.where("institution")) if user.scope.identities else self.none()


@track_history()
class Voice(models.Model):
    """What a resident said by their link. The institution reads it without the name, unless the resident lets it."""

    class Received(models.TextChoices):
        ALL = "all", _("all of them")
        SOME = "some", _("some of them")
        NONE = "none", _("none of them")

    link = models.OneToOneField(VoiceLink, models.PROTECT, related_name="voice")
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, models.PROTECT, related_name="+")
    rating = models.PositiveSmallIntegerField(_("satisfaction"))
    received = models.CharField(_("services received"), max_length=4, choices=Received)
    complaint = models.CharField(_("complaint or wish"), max_length=500, blank=True)
    may_call = models.BooleanField(_("may be called back"), default=False)
    said_on = models.DateField(_("said on"))
    answer = models.CharField(_("answer"), max_length=500, blank=True)
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    answered_by = models.CharField(_("answered by"), max_length=150, blank=True)

    objects = VoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("resident's voice")
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(name="assessments_voice_five_steps", condition=Q(rating__gte=1, rating__lte=5)),
            models.CheckConstraint(
                name="assessments_voice_answer_is_whole",
                condition=Q(answer="", answered_on=None, answered_by="")
                | (~Q(answer="") & Q(answered_on__isnull=False) & ~Q(answered_by="")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.said_on} {self.rating}"

    @property
    def is_open(self) -> bool:
        """Whether the institution owes an answer."""
        return bool(self.complaint) and not self.answer
