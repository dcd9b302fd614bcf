"""Lists to choose from and inputs, drawn without templates, against Django's own drawing."""

from html.parser import HTMLParser

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates

from config.forms import FieldRenderer
from teams.models import Institution

SLY = "<b>\"a\" & 'b'</b>"
CHOICES = [("", "—"), (1, "one"), ("2", SLY), (SLY, "three"), ("group <1>", [(4, "four"), (5, "five")])]


class Parts(HTMLParser):
    """What a browser reads: tags with their attributes, and texts without the spaces around them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[object] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, sorted(attrs, key=str)))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(tag)

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.found.append(data.strip())


@pytest.mark.parametrize("widget", [forms.Select, forms.SelectMultiple])
@pytest.mark.parametrize("value", [None, "", 1, "2", SLY, 5, ["1", "4"]])
def test_list_to_choose_from_is_what_django_draws(widget: type[forms.Select], value: object) -> None:
    control = widget(attrs={"id": "a", "required": True, "class": SLY, "disabled": False})
    control.choices = CHOICES
    drawn, known = (control.render("sly", value, renderer=each()) for each in (FieldRenderer, DjangoTemplates))
    assert Parts(drawn).found == Parts(known).found


@pytest.mark.parametrize("widget", [forms.TextInput, forms.NumberInput, forms.DateInput, forms.HiddenInput])
@pytest.mark.parametrize("value", [None, "", 0, 1, SLY])
def test_input_is_what_django_draws(widget: type[forms.widgets.Input], value: object) -> None:
    control = widget(attrs={"id": "a", "required": True, "class": SLY, "disabled": False})
    drawn, known = (control.render("sly", value, renderer=each()) for each in (FieldRenderer, DjangoTemplates))
    assert Parts(drawn).found == Parts(known).found


@pytest.mark.django_db
def test_list_where_nothing_is_chosen_yet_asks_in_words() -> None:
    class Form(forms.Form):
        unit = forms.ModelChoiceField(Institution.objects.none())

    assert "---" not in str(Form(renderer=FieldRenderer())["unit"])
