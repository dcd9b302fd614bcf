from django.apps import AppConfig


class ResidentsConfig(AppConfig):
    name = "residents"

    def ready(self) -> None:
        from residents.imports import registers, residents
        from teams.imports import register

        register(residents.RESIDENTS, registers.REGISTERS)
