from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContractsConfig(AppConfig):
    name = "contracts"
    verbose_name = _("contracts")

    def ready(self) -> None:
        from contracts.access import signed_with_own_teams
        from contracts.imports import contracts, services, visits
        from residents.models import seen_through
        from teams.imports import register

        seen_through.append(signed_with_own_teams)
        register(contracts.CONTRACTS, services.SERVICES, visits.VISITS)
