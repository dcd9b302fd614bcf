"""Keys with which other programs (a hospital's till) act as an account; only a hash of each is kept."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from teams.history import track_history

if TYPE_CHECKING:
    from teams.models.accounts import User


class ApiTokenQuerySet(models.QuerySet):
    """Keys by what an account may see."""

    def visible_to(self, user: "User") -> "ApiTokenQuerySet":
        """Those of accounts of the account's institutions."""
        return self.filter(user.scope.where("user__institution_id"))


@track_history(exclude=["last_used_on"])
class ApiToken(models.Model):
    """A key of an account. The key itself is shown once, when it is made."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=60)
    sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_on = models.DateField(_("last used on"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API key")
        constraints = (
            models.UniqueConstraint(name="teams_apitoken_name", fields=["name"], condition=Q(revoked_at=None)),
        )

    def __str__(self) -> str:
        return self.name
