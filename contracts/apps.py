from django.apps import AppConfig


class ContractsConfig(AppConfig):
    name = "contracts"

    def ready(self) -> None:
        from contracts.access import signed_with_own_teams
        from residents.models import seen_through

        seen_through.append(signed_with_own_teams)
