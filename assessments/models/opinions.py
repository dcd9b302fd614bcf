"""What residents say: survey answers and phone checks (rules.md 3: satisfaction, awareness, phone_valid)."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from residents.models import Resident
from teams.history import track_history


@track_history()
class SurveyAnswer(models.Model):
    """A resident's answer on satisfaction, in five steps; the upper two count as satisfied."""

    class Source(models.TextChoices):
        SURVEY = "survey", _("survey")
        CALL = "call", _("phone check")
        VISIT = "visit", _("home visit")
        VOICE = "voice", _("resident's own link")

    SATISFIED_FROM = 4

    resident = models.ForeignKey(Resident, models.PROTECT, related_name="survey_answers")
    answered_on = models.DateField(_("answered on"), db_index=True)
    rating = models.PositiveSmallIntegerField(_("rating"))
    source = models.CharField(
        _("source"), max_length=6, choices=Source, default=Source.SURVEY, db_default=Source.SURVEY
    )
    # By the own link, without leave to be called: no page, list or file says whose it is.
    in_confidence = models.BooleanField(default=False, db_default=False)
    # Unknown where it was answered before this was noted; so of calls.
    entered_at = models.DateTimeField(db_default=Now(), null=True, editable=False)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="assessments_surveyanswer_five_steps", condition=models.Q(rating__gte=1, rating__lte=5)
            ),
        )

    def __str__(self) -> str:
        return f"{self.resident_id} {self.rating}"


@track_history()
class PhoneCheck(models.Model):
    """A call to a resident's number: whether it reached them or their family, and whether they know their team."""

    class Outcome(models.TextChoices):
        RESIDENT = "resident", _("resident reached")
        FAMILY = "family", _("family reached")
        STRANGER = "stranger", _("wrong number")
        EMPTY = "empty", _("number not in use")
        OFF = "off", _("switched off or suspended")
        NO_ANSWER = "no_answer", _("no answer")
        REFUSED = "refused", _("refused to talk")

    REACHED = (Outcome.RESIDENT, Outcome.FAMILY)

    resident = models.ForeignKey(Resident, models.PROTECT, related_name="phone_checks")
    called_on = models.DateField(_("called on"), db_index=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome)
    knows_team = models.BooleanField(_("knows that they are signed and with whom"), default=False)
    entered_at = models.DateTimeField(db_default=Now(), null=True, editable=False)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="assessments_phonecheck_only_the_reached_know",
                condition=models.Q(knows_team=False) | models.Q(outcome__in=["resident", "family"]),
            ),
        )

    def __str__(self) -> str:
        return f"{self.resident_id} {self.outcome}"
