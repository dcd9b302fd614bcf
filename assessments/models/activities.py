"""What institutions do beside services: publicity, campaigns, lectures, training and awards, as they report it."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assessments.models.uploads import Upload
from teams.history import track_history
from teams.models import Institution, Team

if TYPE_CHECKING:
    from teams.models import User


class ActivityQuerySet(models.QuerySet):
    """Activities by what an account may see."""

    def visible_to(self, user: "User") -> "ActivityQuerySet":
        """Those of the account's institutions."""
        return self.filter(user.scope.where("institution_id"))

    def confirmed(self) -> "ActivityQuerySet":
        """Those that count: the bureau has looked at the proof."""
        return self.filter(state=Activity.State.CONFIRMED)


@track_history()
class Activity(models.Model):
    """One activity of an institution. FIGURES are its counts; `campaign` ties what belongs to one occasion, as 5·19."""

    class Kind(models.TextChoices):
        PUBLICITY = "publicity", _("publicity")
        CAMPAIGN = "campaign", _("campaign")
        LECTURE = "lecture", _("health lecture")
        TRAINING = "training", _("training of staff")
        FURTHER_TRAINING = "further_training", _("further training of staff")
        AWARD = "award", _("award of staff")

    class State(models.TextChoices):
        REPORTED = "reported", _("reported, to be checked")
        CONFIRMED = "confirmed", _("confirmed")
        RETURNED = "returned", _("given back")
        WITHDRAWN = "withdrawn", _("withdrawn")

    FIGURES = ("people", "staff", "boards", "posters", "leaflets", "consultations", "examinations", "signings")

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="activities")
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="activities")
    kind = models.CharField(_("kind of activity"), max_length=20, choices=Kind)
    campaign = models.CharField(_("occasion"), max_length=40, blank=True)
    title = models.CharField(_("title of the activity"), max_length=80)
    place = models.CharField(_("place of the activity"), max_length=80, blank=True)
    began_on = models.DateField(_("began on"))
    ended_on = models.DateField(_("ended on"))
    people = models.PositiveIntegerField(_("people who came"), default=0)
    staff = models.PositiveIntegerField(_("staff who took part"), default=0)
    boards = models.PositiveIntegerField(_("boards and banners"), default=0)
    posters = models.PositiveIntegerField(_("posters"), default=0)
    leaflets = models.PositiveIntegerField(_("leaflets and handbooks"), default=0)
    consultations = models.PositiveIntegerField(_("consultations"), default=0)
    examinations = models.PositiveIntegerField(_("examinations"), default=0)
    signings = models.PositiveIntegerField(_("signings on the spot"), default=0)
    note = models.CharField(_("account of the activity"), max_length=500, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.REPORTED)
    reported_at = models.DateTimeField(auto_now_add=True)
    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.CharField(max_length=150, blank=True)
    check_note = models.CharField(_("remark of the check"), max_length=200, blank=True)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = _("activity")
        ordering = ("-began_on", "-id")
        indexes = (models.Index(name="assessments_activity_by_day", fields=["began_on"]),)
        constraints = (
            models.CheckConstraint(
                name="assessments_activity_ends_after_it_begins", condition=Q(ended_on__gte=F("began_on"))
            ),
            models.CheckConstraint(
                name="assessments_activity_checked_by_somebody",
                condition=~Q(state__in=("confirmed", "returned")) | ~Q(checked_by=""),
            ),
        )

    def __str__(self) -> str:
        return self.title


class ActivityProof(Upload):
    """A picture, list or certificate of an activity."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="proofs")
