"""Pages of rubrics, cycles and assessments."""

from django.urls import path

from assessments.views import assessments, cycles, rubrics, scenarios

urlpatterns = [
    path("cycles/", cycles.cycle_list, name="cycle_list"),
    path("cycles/new/", cycles.cycle_create, name="cycle_create"),
    path("cycles/<int:pk>/", cycles.cycle_detail, name="cycle_detail"),
    path("cycles/<int:pk>/results.xlsx", cycles.cycle_file, name="cycle_file"),
    path("cycles/<int:pk>/move/", cycles.cycle_move, name="cycle_move"),
    path("cycles/<int:pk>/rescore/", cycles.cycle_rescore, name="cycle_rescore"),
    path("cycles/<int:pk>/notice/", cycles.cycle_notice, name="cycle_notice"),
    path("assessments/<int:pk>/", assessments.assessment_detail, name="assessment_detail"),
    path("assessments/<int:pk>/own/", assessments.assessment_own, name="assessment_own"),
    path("assessments/<int:pk>/review/", assessments.assessment_review, name="assessment_review"),
    path("assessments/<int:pk>/step/", assessments.assessment_step, name="assessment_step"),
    path("assessments/<int:pk>/veto/", assessments.assessment_veto, name="assessment_veto"),
    path("assessments/<int:pk>/vetoes/<int:hit>/lift/", assessments.assessment_lift, name="assessment_lift"),
    path("scores/<int:pk>/", assessments.assessment_score, name="assessment_score"),
    path("scores/<int:pk>/evidence/", assessments.assessment_evidence, name="assessment_evidence"),
    path("scores/<int:pk>/appeal/", assessments.assessment_appeal, name="assessment_appeal"),
    path("scores/<int:pk>/decision/", assessments.assessment_decide, name="assessment_decide"),
    path("evidence/<int:pk>/", assessments.assessment_file, name="assessment_file"),
    path("scenarios/", scenarios.scenario_list, name="scenario_list"),
    path("scenarios/<int:pk>/", scenarios.scenario_detail, name="scenario_detail"),
    path("scenarios/<int:pk>/progress/", scenarios.scenario_progress, name="scenario_progress"),
    path("scenarios/<int:pk>/again/", scenarios.scenario_again, name="scenario_again"),
    path("scenarios/<int:pk>/drop/", scenarios.scenario_drop, name="scenario_drop"),
    path("rubrics/", rubrics.rubric_list, name="rubric_list"),
    path("rubrics/new/", rubrics.rubric_create, name="rubric_create"),
    path("rubrics/<int:pk>/", rubrics.rubric_detail, name="rubric_detail"),
    path("rubrics/<int:pk>/compare/<int:other>/", rubrics.rubric_diff, name="rubric_diff"),
    path("rubrics/<int:pk>/try/", rubrics.rubric_try, name="rubric_try"),
    path("rubrics/<int:pk>/file/", rubrics.rubric_file, name="rubric_file"),
    path("rubrics/<int:pk>/edit/<slug:part>/<str:key>/", rubrics.rubric_edit, name="rubric_edit"),
    path("rubrics/<int:pk>/upload/", rubrics.rubric_upload, name="rubric_upload"),
    path("rubrics/<int:pk>/draft/", rubrics.rubric_draft, name="rubric_draft"),
    path("rubrics/<int:pk>/publish/", rubrics.rubric_publish, name="rubric_publish"),
    path("rubrics/<int:pk>/retire/", rubrics.rubric_retire, name="rubric_retire"),
    path("rubrics/<int:pk>/drop/", rubrics.rubric_drop, name="rubric_drop"),
]
