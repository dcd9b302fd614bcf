from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServicePackagesConfig(AppConfig):
    name = "service_packages"
    verbose_name = _("service packages")
