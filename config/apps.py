"""The administration of reference tables, in place of Django's default site."""

from django.contrib.admin.apps import AdminConfig


class AdministrationConfig(AdminConfig):
    default_site = "config.admin.Site"
