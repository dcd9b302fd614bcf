"""Reference tables of teams in the administration. What has pages and actions of its own is read-only or absent."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from import_export.admin import ImportExportModelAdmin
from import_export.fields import Field
from import_export.formats.base_formats import CSV
from import_export.resources import ModelResource
from import_export.widgets import ForeignKeyWidget

from teams.models import AuditEvent, Division, Institution, Team

# Rights come from roles (teams.permissions).
admin.site.unregister(Group)


class ReferenceAdmin(ImportExportModelAdmin):
    """A small table that administrators edit, import and export; who may come in is the site's decision."""

    formats = (CSV,)
    show_full_result_count = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.admin_site.has_permission(request)

    has_add_permission = has_module_permission
    has_change_permission = has_delete_permission = has_view_permission


class ReadOnlyAdmin(admin.ModelAdmin):
    """A table to look at."""

    show_full_result_count = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.admin_site.has_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_delete_permission = has_change_permission


class DivisionResource(ModelResource):
    """Divisions by their codes; a parent stands before its children in the file."""

    parent = Field("parent", "parent", ForeignKeyWidget(Division, "code"))

    class Meta:
        model = Division
        import_id_fields = ("code",)
        fields = ("code", "name", "level", "parent")


@admin.register(Division)
class DivisionAdmin(ReferenceAdmin):
    resource_classes = (DivisionResource,)
    list_display = ("code", "name", "level", "parent")
    list_filter = ("level",)
    list_select_related = ("parent",)
    search_fields = ("code", "name")
    raw_id_fields = ("parent",)


@admin.register(Institution)
class InstitutionAdmin(ReadOnlyAdmin):
    list_display = ("code", "name", "kind", "setting")
    list_filter = ("kind", "setting")
    search_fields = ("code", "name")


@admin.register(Team)
class TeamAdmin(ReadOnlyAdmin):
    list_display = ("code", "name", "institution", "formed_on", "dissolved_on")
    list_select_related = ("institution",)
    search_fields = ("code", "name")


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    list_display = ("at", "kind", "username", "address", "what", "reason")
    list_filter = ("kind",)
    search_fields = ("username",)
    date_hierarchy = "at"
    ordering = ("-id",)
