"""Addresses of packages."""

from django.urls import path

from service_packages.views import items, packages, years

app_name = "service_packages"

urlpatterns = [
    path("packages/", packages.package_list, name="package_list"),
    path("packages/new/", packages.package_create, name="package_create"),
    path("packages/year/", years.year_copy, name="year_copy"),
    path("packages/year/publish/", years.year_publish, name="year_publish"),
    path("packages/<slug:kind>.xlsx", years.catalogue_file, name="catalogue_file"),
    path("packages/items/", items.item_list, name="item_list"),
    path("packages/items/new/", items.item_create, name="item_create"),
    path("packages/items/<int:pk>/", items.item_edit, name="item_edit"),
    path("packages/<int:pk>/", packages.version_detail, name="version_detail"),
    path("packages/<int:pk>/edit/", packages.version_edit, name="version_edit"),
    path("packages/<int:pk>/diff/<int:other>/", packages.version_diff, name="version_diff"),
    path("packages/<int:pk>/draft/", packages.draft_start, name="draft_start"),
    path("packages/<int:pk>/publish/", packages.draft_publish, name="draft_publish"),
    path("packages/<int:pk>/retire/", packages.version_retire, name="version_retire"),
    path("packages/<int:pk>/drop/", packages.draft_drop, name="draft_drop"),
]
