from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ResidentsConfig(AppConfig):
    name = "residents"
    verbose_name = _("residents")

    def ready(self) -> None:
        from residents.imports import registers, residents
        from residents.trail import PHRASES
        from teams.imports import register
        from teams.trail import register as tell

        tell(*PHRASES)
        register(residents.RESIDENTS, registers.REGISTERS)
