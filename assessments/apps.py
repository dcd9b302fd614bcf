from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssessmentsConfig(AppConfig):
    name = "assessments"
    verbose_name = _("assessments")

    def ready(self) -> None:
        from assessments.exports import KPIS
        from assessments.imports.populations import POPULATIONS
        from assessments.imports.targets import TARGETS
        from assessments.leads import people, phones, promises, readings, work
        from assessments.leads import register as watch_for
        from assessments.people_exports import BASIS_PEOPLE, COHORT_PEOPLE, DIFFERENCE, FIGURE_PEOPLE
        from assessments.presenters.today import ASKED
        from assessments.problems import RULES
        from assessments.queries.voices import voice_path
        from assessments.supervision_exports import LEADS, SAMPLE
        from assessments.trail import PHRASES
        from contracts.presenters.today import cards
        from contracts.problems import register as look_for
        from contracts.queries.papers import voice_paths
        from teams.exports import register as let_export
        from teams.imports import register
        from teams.trail import register as tell

        tell(*PHRASES)
        voice_paths.append(voice_path)
        cards.append(ASKED)
        look_for(*RULES)
        watch_for(*phones.SIGNALS, *people.SIGNALS, *work.SIGNALS, *readings.SIGNALS, *promises.SIGNALS)
        let_export(LEADS, SAMPLE, KPIS, FIGURE_PEOPLE, DIFFERENCE, COHORT_PEOPLE, BASIS_PEOPLE)
        register(POPULATIONS, TARGETS)
