"""Results for residents."""

from django.urls import path

from assessments.views import publications

urlpatterns = [
    path("compare/", publications.compare, name="compare"),
    path("compare/<int:pk>/", publications.compare_centre, name="compare_centre"),
    path("publications/", publications.publication_list, name="publication_list"),
    path("publications/new/", publications.publication_create, name="publication_create"),
    path("publications/withdraw/", publications.publication_withdraw, name="publication_withdraw"),
]
