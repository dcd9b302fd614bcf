from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _


class TeamsConfig(AppConfig):
    name = "teams"
    verbose_name = _("teams and places")

    def ready(self) -> None:
        from teams import schema, sign_ins, trail
        from teams.account_exports import ACCOUNTS
        from teams.exports import register as let_export
        from teams.imports import divisions, institutions, register, staff, teams

        checks.register(schema.check_replaced_migrations, checks.Tags.database)
        sign_ins.connect()
        trail.register(*trail.PHRASES)
        register(divisions.DIVISIONS, institutions.INSTITUTIONS, staff.STAFF, teams.TEAMS)
        let_export(ACCOUNTS)
