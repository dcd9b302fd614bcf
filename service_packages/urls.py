"""Addresses of packages."""

from django.urls import URLPattern

app_name = "service_packages"

urlpatterns: list[URLPattern] = []
