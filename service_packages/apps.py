from django.apps import AppConfig


class ServicePackagesConfig(AppConfig):
    name = "service_packages"
