from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssessmentsConfig(AppConfig):
    name = "assessments"
    verbose_name = _("assessments")

    def ready(self) -> None:
        from assessments.imports.populations import POPULATIONS
        from assessments.imports.targets import TARGETS
        from teams.imports import register

        register(POPULATIONS, TARGETS)
