"""Signings that are half filled in, and the document that was made of one to be signed."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from residents.models import Resident
from teams.models import Institution

if TYPE_CHECKING:
    from teams.models import User


class DraftQuerySet(models.QuerySet):
    """Drafts by what an account may see."""

    def visible_to(self, user: "User") -> "DraftQuerySet":
        """One's own, and those of the account's institutions: a colleague may finish what was begun."""
        if not user.scope.identities:
            return self.none()
        return self.filter(user.scope.where("institution_id") | Q(by=user.pk))

    def untouched_for(self, days: int) -> "DraftQuerySet":
        """Those that nobody changed in so many days."""
        return self.filter(changed_at__lt=timezone.now() - timedelta(days=days))


class Draft(models.Model):
    """A signing on its way: what the form held, and, once it was shown, the agreement as it was shown.

    `payload` (JSON) and `document` (PDF) are encrypted. `document` is dropped whenever the form changes, so it always
    says what the form says; `number` stays: the contract will have the number that the first document bore.
    """

    institution = models.ForeignKey(Institution, models.CASCADE, null=True, blank=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts")
    first = models.ForeignKey(Resident, models.CASCADE, null=True, blank=True, related_name="+")
    people = models.PositiveSmallIntegerField(default=0)
    payload = models.BinaryField()
    number = models.CharField(_("contract number"), max_length=60, blank=True)
    document = models.BinaryField(null=True, blank=True)
    document_sha256 = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft")
        ordering = ("-changed_at",)
        constraints = (
            models.CheckConstraint(
                name="contracts_draft_document_and_hash",
                condition=Q(document=None, document_sha256="")
                | Q(document__isnull=False, document_sha256__regex=r"^[0-9a-f]{64}$"),
            ),
        )

    def __str__(self) -> str:
        return f"draft {self.pk}"
