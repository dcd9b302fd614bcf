"""Who should be signed: people of the key populations without a contract."""

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from residents.models import Resident
from teams.models import Division, Institution

if TYPE_CHECKING:
    from teams.models import User


class CandidateQuerySet(models.QuerySet):
    """Candidates by what an account may see."""

    def visible_to(self, user: "User") -> "CandidateQuerySet":
        """Those of the account's institutions, and of the villages that a doctor's teams serve."""
        scope = user.scope
        if not scope.identities:
            return self.none()
        if scope.is_district:
            return self
        return self.filter(scope.where("institution") | Q(village__in=scope.villages))


class Candidate(models.Model):
    """A resident of a key population who is not signed, why they came to the list and when (docs/today.md).

    Written anew by every check of the district (`contracts.actions.problems`), taken off at once by signing.
    """

    class Reason(models.TextChoices):
        REGISTER = "register", _("new on a register")
        AGE = "age", _("reached the age")
        MOVED_IN = "moved_in", _("moved in or newly registered")
        ENDED = "ended", _("contract ended")
        STANDING = "standing", _("not signed for a longer time")

    resident = models.OneToOneField(
        Resident, models.CASCADE, primary_key=True, related_name="candidate", db_constraint=False
    )
    institution = models.ForeignKey(Institution, models.CASCADE, related_name="+", db_index=False)
    village = models.ForeignKey(
        Division, models.CASCADE, null=True, related_name="+", db_index=False, db_constraint=False
    )
    categories = ArrayField(models.CharField(max_length=20), verbose_name=_("key populations"))
    reason = models.CharField(_("reason"), max_length=10, choices=Reason)
    since = models.DateField(_("since"))
    is_new = models.BooleanField(_("new"))

    objects = CandidateQuerySet.as_manager()

    class Meta:
        verbose_name = _("resident to be signed")
        indexes = (
            models.Index(name="contracts_candidate_owner", fields=["institution", "-is_new", "-since"]),
            models.Index(name="contracts_candidate_village", fields=["village", "-is_new", "-since"]),
        )

    def __str__(self) -> str:
        return f"{self.resident_id} {self.reason}"
