"""Addresses of teams."""

from django.urls import path

from teams.views import health

app_name = "teams"

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
