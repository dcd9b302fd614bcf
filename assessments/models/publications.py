"""What residents may compare: results as they were published, small cells suppressed, nobody's identity in them."""

from typing import TYPE_CHECKING

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.models.cycles import Cycle

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

# Each cycle assesses what its column says, and its results hold.
GRADED = """
    if exists (
        select from assessments_cycle cycle
        where (cycle.id = NEW.institution_cycle_id and (cycle.unit_kind, cycle.state) <> ('institution', 'published'))
            or (cycle.id = NEW.team_cycle_id and (cycle.unit_kind, cycle.state) <> ('team', 'published'))
    ) then raise exception 'grades of another kind of unit, or not published'; end if;
    return NEW;
"""


def _cycle(name: "_StrOrPromise") -> models.ForeignKey:
    return models.ForeignKey(
        Cycle, models.PROTECT, null=True, blank=True, db_index=False, related_name="+", verbose_name=name
    )


class PublicationQuerySet(models.QuerySet):
    """Publications by whether they are shown."""

    def shown(self) -> "PublicationQuerySet":
        """The one that the public page shows comes first; those taken down are left out."""
        return self.filter(withdrawn_at=None).order_by("-published_at", "-pk")


class Publication(models.Model):
    """What the bureau published once: `content` as the public page shows it (`queries.publications.content_of`).

    The centres' grades are those of `institution_cycle`, the teams' those of `team_cycle`; without, there are none.
    A later publication takes its place; taken down, nothing is shown. The content never changes.
    """

    first_on = models.DateField(_("month of the figures"))
    institution_cycle = _cycle(_("grades of centres"))
    team_cycle = _cycle(_("grades of teams"))
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
                name="as_published",
                fields=["first_on", "institution_cycle", "team_cycle", "content", "published_at", "published_by"],
            ),
            pgtrigger.Trigger(name="graded", when=pgtrigger.Before, operation=pgtrigger.Insert, func=GRADED),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return f"{self.first_on:%Y-%m} {self.published_at:%F}"
