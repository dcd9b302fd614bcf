from django.apps import AppConfig


class TeamsConfig(AppConfig):
    name = "teams"

    def ready(self) -> None:
        from teams import sign_ins
        from teams.imports import divisions, institutions, register, staff, teams

        sign_ins.connect()
        register(divisions.DIVISIONS, institutions.INSTITUTIONS, staff.STAFF, teams.TEAMS)
