from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContractsConfig(AppConfig):
    name = "contracts"
    verbose_name = _("contracts")

    def ready(self) -> None:
        from contracts import exports, fee_exports
        from contracts.access import signed_with_own_teams
        from contracts.actions.anchors import follow_anchors
        from contracts.imports import contracts, services, visits
        from contracts.lives import recorded_after_leaving
        from contracts.presenters.referrals import TO_ANSWER
        from contracts.presenters.today import cards
        from contracts.problems import coverages, packages, people, teams
        from contracts.problems import register as look_for
        from contracts.trail import PHRASES
        from residents import followers
        from residents.models import seen_through
        from teams.exports import register as let_export
        from teams.imports import register
        from teams.trail import register as tell

        tell(*PHRASES)
        followers.registers_changed.append(follow_anchors)
        followers.recorded_after_leaving.append(recorded_after_leaving)
        let_export(
            exports.PEOPLE,
            exports.TO_SIGN,
            exports.PROBLEMS,
            exports.CONTRACTS,
            exports.UNSERVED,
            exports.DUE,
            fee_exports.FEES,
            fee_exports.FEE_STATEMENT,
        )
        cards.append(TO_ANSWER)
        seen_through.append(signed_with_own_teams)
        look_for(*people.RULES, *coverages.RULES, *packages.RULES, *teams.RULES)
        register(contracts.CONTRACTS, services.SERVICES, visits.VISITS)
