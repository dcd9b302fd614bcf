"""Addresses of signing, contracts and services."""

from django.urls import path

from contracts.views import due

app_name = "contracts"

urlpatterns = [
    path("due/", due.due_list, name="due_list"),
]
