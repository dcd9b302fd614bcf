"""Dated policy values: ages, standards and limits of the district, each from a day on."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from teams.history import track_history


@track_history()
class PolicyValue(models.Model):
    """A setting of the district with the day from which it holds; `teams.policy_settings` knows codes and defaults.

    `set_by` is nobody where a command or a file set it; before 0.5 neither was noted.
    """

    code = models.CharField(_("setting"), max_length=60)
    value = models.JSONField(_("value"))
    from_on = models.DateField(_("from"))
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    set_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("policy value")
        verbose_name_plural = _("policy values")
        ordering = ("code", "from_on")
        constraints = (models.UniqueConstraint(name="teams_policyvalue_one_a_day", fields=["code", "from_on"]),)

    def __str__(self) -> str:
        return f"{self.code} = {self.value} ({self.from_on})"
