"""Addresses of signing, contracts and services."""

from django.urls import path

from contracts.views import attempts, due, obligations, services

app_name = "contracts"

urlpatterns = [
    path("due/", due.due_list, name="due_list"),
    path("due/<int:pk>/record/", services.service_record, name="service_record"),
    path("due/<int:pk>/contact/", attempts.attempt_create, name="attempt_create"),
    path("services/<int:pk>/", services.service_edit, name="service_edit"),
    path("services/<int:pk>/delete/", services.service_delete, name="service_delete"),
    path("obligations/<int:pk>/waive/", obligations.obligation_waive, name="obligation_waive"),
    path("obligations/<int:pk>/take-back/", obligations.obligation_take_back, name="obligation_take_back"),
    path("follow-ups/<int:pk>/done/", obligations.follow_up_finish, name="follow_up_finish"),
]
