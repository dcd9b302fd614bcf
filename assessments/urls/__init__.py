"""Pages of figures, of supervision, of assessment and of money: each area's in a module of this package."""

from django.urls import path

from assessments.api import figures as figures_api
from assessments.api import months as months_api
from assessments.api import schema as schema_api
from assessments.urls import activities, assessment, bulletins, inspections, money, publications, supervision
from assessments.urls.cohorts import urlpatterns as cohort_urls
from assessments.views import api, figures, forecasts, fulfilment, months, returns, settings, targets

app_name = "assessments"

urlpatterns = [
    *activities.urlpatterns,
    *assessment.urlpatterns,
    *bulletins.urlpatterns,
    *inspections.urlpatterns,
    *money.urlpatterns,
    *publications.urlpatterns,
    *supervision.urlpatterns,
    path("overview/", figures.overview, name="overview"),
    *cohort_urls,
    path("forecast/", forecasts.forecast, name="forecast"),
    path("fulfilment/", fulfilment.fulfilment, name="fulfilment"),
    path("fulfilment.xlsx", fulfilment.fulfilment_file, name="fulfilment_file"),
    path("figures/<slug:indicator>/", figures.figure, name="figure"),
    path("figures/<slug:indicator>/ages/", figures.ages, name="ages"),
    path("figures/<slug:indicator>/people/", figures.people_list, name="people"),
    path("figures/<slug:indicator>/people/<int:pk>/", figures.person_evidence, name="evidence"),
    path("months/kpis.xlsx", figures.kpis, name="kpis"),
    path("months/progress/", figures.progress, name="progress"),
    path("months/compute/", figures.month_compute, name="month_compute"),
    path("months/", months.month_list, name="month_list"),
    path("months/difference/", months.month_difference, name="month_difference"),
    path("months/return/", returns.return_page, name="return"),
    path("months/return.xlsx", returns.return_file, name="return_file"),
    path("months/<slug:month>/", months.month_detail, name="month_detail"),
    path("months/<slug:month>/remark/", months.month_remark, name="month_remark"),
    path("months/<slug:month>/freeze/", months.month_freeze, name="month_freeze"),
    path("months/<slug:month>/verify/", months.month_verify, name="month_verify"),
    path("targets/", targets.target_list, name="target_list"),
    path("targets/set/", targets.target_set, name="target_set"),
    path("targets/save/", targets.target_save, name="target_save"),
    path("targets/copy/", targets.target_copy, name="target_copy"),
    path("targets/<int:pk>/remove/", targets.target_remove, name="target_remove"),
    path("settings/", settings.setting_list, name="setting_list"),
    path("settings/<slug:code>/", settings.setting_detail, name="setting_detail"),
    path("settings/<slug:code>/set/", settings.setting_set, name="setting_set"),
    path("settings/<slug:code>/<int:pk>/drop/", settings.setting_drop, name="setting_drop"),
    path("api/v1/indicators/", figures_api.IndicatorListApi.as_view(), name="indicator_list_api"),
    path("api/v1/figures/", figures_api.FigureListApi.as_view(), name="figure_list_api"),
    path("api/v1/months/", months_api.MonthListApi.as_view(), name="month_list_api"),
    path("api/v1/targets/", months_api.TargetListApi.as_view(), name="target_list_api"),
    path("api/v1/schema/", schema_api.SchemaApi.as_view(), name="schema_api"),
    path("api/v1/", api.api_guide, name="api_guide"),
]
