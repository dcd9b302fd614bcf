from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServicePackagesConfig(AppConfig):
    name = "service_packages"
    verbose_name = _("service packages")

    def ready(self) -> None:
        from service_packages import imports
        from teams.imports import register

        register(imports.PACKAGES, imports.PAYER_SHARES)
