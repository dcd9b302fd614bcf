"""Targets and official populations: what a bureau sets once a year."""

from django.contrib import admin
from import_export.fields import Field
from import_export.resources import ModelResource
from import_export.widgets import ForeignKeyWidget

from assessments.models import Population, Target
from teams.admin import ReferenceAdmin
from teams.models import Institution


class TargetResource(ModelResource):
    institution = Field("institution", "institution", ForeignKeyWidget(Institution, "code"))

    class Meta:
        model = Target
        import_id_fields = ("indicator", "category", "year", "scope", "institution")
        fields = (*import_id_fields, "rate", "count")


class PopulationResource(ModelResource):
    institution = Field("institution", "institution", ForeignKeyWidget(Institution, "code"))

    class Meta:
        model = Population
        import_id_fields = ("institution", "year", "category")
        fields = (*import_id_fields, "count")


@admin.register(Target)
class TargetAdmin(ReferenceAdmin):
    resource_classes = (TargetResource,)
    list_display = ("year", "indicator", "category", "scope", "institution", "rate", "count")
    list_filter = ("year", "indicator")
    list_select_related = ("institution",)
    raw_id_fields = ("institution",)


@admin.register(Population)
class PopulationAdmin(ReferenceAdmin):
    resource_classes = (PopulationResource,)
    list_display = ("year", "institution", "category", "count")
    list_filter = ("year",)
    list_select_related = ("institution",)
    raw_id_fields = ("institution",)
