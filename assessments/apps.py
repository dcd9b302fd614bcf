from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssessmentsConfig(AppConfig):
    name = "assessments"
    verbose_name = _("assessments")

    def ready(self) -> None:
        from assessments.imports.populations import POPULATIONS
        from assessments.imports.targets import TARGETS
        from assessments.problems import RULES
        from contracts.problems import register as look_for
        from teams.imports import register

        look_for(*RULES)
        register(POPULATIONS, TARGETS)
