"""What residents may compare: results as they were published, small cells suppressed, nobody's identity in them."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.models.cycles import Cycle


class PublicationQuerySet(models.QuerySet):
    """Publications by whether they are shown."""

    def shown(self) -> "PublicationQuerySet":
        """The one that the public page shows comes first; those taken down are left out."""
        return self.filter(withdrawn_at=None).order_by("-published_at", "-pk")


class Publication(models.Model):
    """What the bureau published once: `content` as the public page shows it (`queries.publications.content_of`).

    A later one takes its place; taken down, nothing is shown. The content never changes.
    """

    first_on = models.DateField(_("month of the figures"))
    cycle = models.ForeignKey(Cycle, models.PROTECT, null=True, blank=True, related_name="publications")
    content = models.JSONField()
    published_at = models.DateTimeField(auto_now_add=True)
    published_by = models.CharField(max_length=150)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.CharField(max_length=150, blank=True)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("published results")
        ordering = ("-published_at", "-id")
        triggers = (
            pgtrigger.ReadOnly(
                name="as_published", fields=["first_on", "cycle", "content", "published_at", "published_by"]
            ),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return f"{self.first_on:%Y-%m} {self.published_at:%F}"
