"""Pages of leads, samples with their calls, and residents' voices."""

from django.urls import path

from assessments.views import leads, samples, voices

urlpatterns = [
    path("supervision/leads/", leads.lead_list, name="lead_list"),
    path("supervision/leads/screen/", leads.lead_screen, name="lead_screen"),
    path("supervision/leads/<int:pk>/", leads.lead_detail, name="lead_detail"),
    path("supervision/samples/", samples.sample_list, name="sample_list"),
    path("supervision/samples/new/", samples.sample_create, name="sample_create"),
    path("supervision/samples/<int:pk>/", samples.sample_detail, name="sample_detail"),
    path("supervision/samples/<int:pk>/verify/", samples.sample_verify, name="sample_verify"),
    path("supervision/samples/<int:pk>/next/", samples.call_next, name="call_next"),
    path("supervision/calls/<int:pk>/", samples.call_sheet_page, name="call_sheet"),
    path("supervision/voices/", voices.voice_list, name="voice_list"),
    path("supervision/voices/<int:pk>/", voices.voice_detail, name="voice_detail"),
    path("v/<slug:token>/", voices.voice_speak, name="voice_speak"),
]
