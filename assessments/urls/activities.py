"""Pages of activities."""

from django.urls import path

from assessments.views import activities

urlpatterns = [
    path("activities/", activities.activity_list, name="activity_list"),
    path("activities/sums/", activities.activity_sums, name="activity_sums"),
    path("activities/activities.xlsx", activities.activity_file, name="activity_file"),
    path("activities/new/", activities.activity_create, name="activity_create"),
    path("activities/<int:pk>/", activities.activity_detail, name="activity_detail"),
    path("activities/<int:pk>/edit/", activities.activity_edit, name="activity_edit"),
    path("activities/<int:pk>/<slug:to>/", activities.activity_move, name="activity_move"),
    path("activities/proofs/<int:pk>/", activities.activity_proof, name="activity_proof"),
]
