"""Pages about those who signed in a month."""

from django.urls import path

from assessments.views import cohorts

urlpatterns = [
    path("cohorts/", cohorts.cohort_table, name="cohorts"),
    path("cohorts/people/", cohorts.cohort_people_list, name="cohort_people"),
    path("cohorts/count/", cohorts.cohort_count, name="cohort_count"),
    path("cohorts.xlsx", cohorts.cohort_file, name="cohort_file"),
]
