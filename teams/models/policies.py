"""Dated policy values: ages, standards and limits of the district, each from a day on."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from teams.history import track_history


@track_history()
class PolicyValue(models.Model):
    """A setting of the district with the day from which it holds; `teams.policy` knows the codes and defaults."""

    code = models.CharField(_("setting"), max_length=60)
    value = models.JSONField(_("value"))
    from_on = models.DateField(_("from"))

    class Meta:
        verbose_name = _("policy value")
        verbose_name_plural = _("policy values")
        ordering = ("code", "from_on")
        constraints = (models.UniqueConstraint(name="teams_policyvalue_one_a_day", fields=["code", "from_on"]),)

    def __str__(self) -> str:
        return f"{self.code} = {self.value} ({self.from_on})"
