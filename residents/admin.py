"""The registers that the district adds; people themselves are never in the administration."""

from django.contrib import admin
from import_export.resources import ModelResource

from residents.models import AddedRegister
from teams.admin import ReferenceAdmin


class AddedRegisterResource(ModelResource):
    class Meta:
        model = AddedRegister
        import_id_fields = ("code",)
        fields = ("code", "name", "bit")


@admin.register(AddedRegister)
class AddedRegisterAdmin(ReferenceAdmin):
    resource_classes = (AddedRegisterResource,)
    list_display = ("code", "name", "bit")
