"""Pages of figures."""

from django.urls import path

from assessments import api, views

app_name = "assessments"

urlpatterns = [
    path("overview/", views.overview, name="overview"),
    path("figures/<slug:indicator>/", views.figure, name="figure"),
    path("figures/<slug:indicator>/people/", views.people_list, name="people"),
    path("months/kpis.xlsx", views.kpis, name="kpis"),
    path("months/progress/", views.progress, name="progress"),
    path("months/compute/", views.month_compute, name="month_compute"),
    path("api/v1/indicators/", api.IndicatorListApi.as_view(), name="indicator_list_api"),
    path("api/v1/figures/", api.FigureListApi.as_view(), name="figure_list_api"),
]
