"""How every form field of the product is drawn: one template (templates/forms/field.html)."""

from django.forms.renderers import TemplatesSetting


class FieldRenderer(TemplatesSetting):
    """Draws fields by the project's own template."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
