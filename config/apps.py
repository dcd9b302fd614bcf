"""The administration of reference tables, in place of Django's default site."""

from django.contrib.admin.apps import AdminConfig


class AdministrationConfig(AdminConfig):
    default_site = "config.admin.Site"

    def ready(self) -> None:
        from config.navigation import REFUSED
        from teams.trail import register as tell

        super().ready()
        tell(*REFUSED)
