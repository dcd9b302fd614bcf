"""Addresses of teams."""

from django.urls import path

from teams.views import health, imports

app_name = "teams"

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("imports/", imports.import_list, name="import_list"),
    path("imports/new/", imports.import_create, name="import_create"),
    path("imports/<int:pk>/", imports.import_detail, name="import_detail"),
    path("imports/<int:pk>/progress/", imports.import_progress, name="import_progress"),
    path("imports/<int:pk>/rejects.xlsx", imports.import_rejects, name="import_rejects"),
    path("imports/templates/<slug:kind>.xlsx", imports.import_template, name="import_template"),
]
