"""Pages of bulletins."""

from django.urls import path

from assessments.views import bulletins

urlpatterns = [
    path("bulletins/", bulletins.bulletin_list, name="bulletin_list"),
    path("bulletins/new/", bulletins.bulletin_create, name="bulletin_create"),
    path("bulletins/<int:pk>/", bulletins.bulletin_detail, name="bulletin_detail"),
    path("bulletins/<int:pk>/write/", bulletins.bulletin_write, name="bulletin_write"),
    path("bulletins/<int:pk>/refresh/", bulletins.bulletin_refresh, name="bulletin_refresh"),
    path("bulletins/<int:pk>/discard/", bulletins.bulletin_discard, name="bulletin_discard"),
    path("bulletins/<int:pk>/bulletin.<slug:format>", bulletins.bulletin_file, name="bulletin_file"),
]
