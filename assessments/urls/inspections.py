"""Pages of inspections and rectification."""

from django.urls import path

from assessments.views import checklists, findings, inspections

urlpatterns = [
    path("inspections/rounds/", inspections.patrol_list, name="patrol_list"),
    path("inspections/rounds/inspectors/", inspections.inspector_list, name="inspector_list"),
    path("inspections/rounds/<int:pk>/", inspections.patrol_detail, name="patrol_detail"),
    path("inspections/rounds/<int:pk>/spread/", inspections.patrol_spread, name="patrol_spread"),
    path("inspections/rounds/<int:pk>/plan/", inspections.patrol_plan, name="patrol_plan"),
    path("inspections/rounds/<int:pk>/close/", inspections.patrol_close, name="patrol_close"),
    path("inspections/<int:pk>/", inspections.inspection_detail, name="inspection_detail"),
    path("inspections/<int:pk>/items/<int:item>/", inspections.inspection_answer, name="inspection_answer"),
    path("inspections/<int:pk>/finish/", inspections.inspection_finish, name="inspection_finish"),
    path("inspections/<int:pk>/drop/", inspections.inspection_drop, name="inspection_drop"),
    path("findings/", findings.finding_list, name="finding_list"),
    path("findings/assign/", findings.finding_assign, name="finding_assign"),
    path("findings/findings.xlsx", findings.finding_file, name="finding_file"),
    path("findings/<int:pk>/", findings.finding_detail, name="finding_detail"),
    path("findings/<int:pk>/<slug:to>/", findings.finding_move, name="finding_move"),
    path("findings/proofs/<int:pk>/", findings.finding_proof, name="finding_proof"),
    path("checklists/", checklists.checklist_list, name="checklist_list"),
    path("checklists/new/", checklists.checklist_create, name="checklist_create"),
    path("checklists/<int:pk>/", checklists.checklist_detail, name="checklist_detail"),
    path("checklists/<int:pk>/draft/", checklists.checklist_draft, name="checklist_draft"),
    path("checklists/<int:pk>/edit/", checklists.checklist_edit, name="checklist_edit"),
    path("checklists/<int:pk>/publish/", checklists.checklist_publish, name="checklist_publish"),
]
