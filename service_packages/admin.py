"""The catalogue, to look at: it changes by import, which makes versions."""

from django.contrib import admin

from service_packages.models import Item, PackageVersion
from teams.admin import ReadOnlyAdmin


@admin.register(Item)
class ItemAdmin(ReadOnlyAdmin):
    list_display = ("code", "name", "kind")
    search_fields = ("code", "name")


@admin.register(PackageVersion)
class PackageVersionAdmin(ReadOnlyAdmin):
    list_display = ("package", "number", "name", "tier", "annual_price", "status")
    list_select_related = ("package",)
    list_filter = ("tier", "status")
    search_fields = ("package__code", "name")
