"""Lists as an account likes them: filters kept under a name, and the columns and page size of a page."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from teams.models.accounts import User


class SavedFilterQuerySet(models.QuerySet):
    """Filters by what an account may see."""

    def visible_to(self, user: "User") -> "SavedFilterQuerySet":
        """One's own."""
        return self.filter(user=user.pk)


class SavedFilter(models.Model):
    """A query string of a list page (by its URL's name). The one without a name holds columns and page size."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_filters")
    page = models.CharField(max_length=60)
    name = models.CharField(_("name"), max_length=40, blank=True)
    query = models.CharField(max_length=1000)

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        constraints = (models.UniqueConstraint(name="teams_savedfilter_once", fields=["user", "page", "name"]),)

    def __str__(self) -> str:
        return f"{self.page} {self.name}"
