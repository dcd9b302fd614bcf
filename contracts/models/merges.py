"""Two records of one person: what was merged into what, so that it can be taken apart again; and who are two."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from residents.models import Resident

if TYPE_CHECKING:
    from teams.models import User


class MergeQuerySet(models.QuerySet):
    """Merges by what an account may see."""

    def visible_to(self, user: "User") -> "MergeQuerySet":
        """Those into residents whom the account sees."""
        return self.filter(kept__in=Resident.objects.visible_to(user))


class Merge(models.Model):
    """One record merged into another (`kept`).

    `moved` names the rows that changed hands: "app.Model.field" -> ids; `left` those that the kept record had
    already (the same service on the same day), in the same form. `obligations` are those of both records as they were.
    """

    kept = models.ForeignKey(Resident, models.PROTECT, related_name="+")
    merged = models.ForeignKey(Resident, models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=200)
    moved = models.JSONField(default=dict)
    left = models.JSONField(default=dict)
    obligations = models.JSONField(default=list)
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=150, blank=True)
    undone_reason = models.CharField(max_length=200, blank=True)

    objects = MergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("merge")
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(name="contracts_merge_once", fields=["merged"], condition=Q(undone_at=None)),
            models.CheckConstraint(name="contracts_merge_of_two", condition=~Q(kept=F("merged"))),
            models.CheckConstraint(
                name="contracts_merge_undoing_is_whole",
                condition=Q(undone_at=None, undone_by="", undone_reason="")
                | (Q(undone_at__isnull=False) & ~Q(undone_by="") & ~Q(undone_reason="")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.merged_id} → {self.kept_id}"


class Apart(models.Model):
    """Two records that look like one person and are two, by somebody who looked; `first` has the lower id."""

    first = models.ForeignKey(Resident, models.CASCADE, related_name="+")
    second = models.ForeignKey(Resident, models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)

    class Meta:
        constraints = (
            models.UniqueConstraint(name="contracts_apart_once", fields=["first", "second"]),
            models.CheckConstraint(name="contracts_apart_ordered", condition=Q(first__lt=F("second"))),
        )

    def __str__(self) -> str:
        return f"{self.first_id}, {self.second_id}"
