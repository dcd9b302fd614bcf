"""What is wrong with a field is told as soon as it is left.

The page posts the form to where it is sent anyway, and names in a header the fields that it asks about: the one that
was changed, and those that were found wrong before. So the view that would take the form answers, behind its own checks
and by the form's own rules; nothing is written.
"""

from typing import TypeVar

from django.db import transaction
from django.forms import BaseForm, FileInput, HiddenInput, PasswordInput
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.template.loader import render_to_string

HEADER = "X-Fields-Left"
WATCHED = "forms/watched.html"
# What goes to the server with the form and not before.
KEPT_BACK = (PasswordInput, FileInput)

Form = TypeVar("Form", bound=BaseForm)


def watch(form: Form) -> Form:
    """The form, whose page asks about each field that is changed and left, if the form holds no password and no file.

    For pages whose form is sent elsewhere; where it is sent to, `left` (or `sent`) does this, too.
    """
    fields = form.fields.values()
    if not any(isinstance(field.widget, KEPT_BACK) for field in fields):
        for field in fields:
            if not field.disabled and not isinstance(field.widget, HiddenInput):
                field.template_name = WATCHED  # type: ignore[attr-defined]  # the stubs lack it
    return form


def left(request: HttpRequest, form: BaseForm) -> HttpResponse | None:
    """Fragment: what is wrong with the fields that the page asks about; None when the form is to be shown or taken."""
    watch(form)
    names = request.headers.get(HEADER, "").split()
    if request.method != "POST" or not names:
        return None
    watched = {name for name, field in form.fields.items() if field.template_name == WATCHED}  # type: ignore[attr-defined]
    if not watched.issuperset(names):
        return HttpResponseBadRequest()
    answer = render_to_string("forms/left.html", {"fields": [form[name] for name in names]})
    transaction.set_rollback(True)
    return HttpResponse(answer, headers={HEADER: " ".join(names)})
