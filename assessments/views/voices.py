"""Residents' own voice: the page behind a personal link, without an account; and what institutions make of it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from assessments.actions import voices as actions
from assessments.forms.voices import AnswerForm, VoiceForm
from assessments.models import Voice
from residents.models import Resident
from teams.address import client_address
from teams.attempts import sent
from teams.permissions import Permission, SignedInRequest, has_permission, require
from teams.rules import RuleViolation

VOICES_A_PAGE = 50
NO_SUCH, TOO_MANY = 404, 429


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def voice_speak(request: HttpRequest, token: str) -> HttpResponse:
    """What a resident says by their link. It shows nothing about them; residents read Chinese."""
    with translation.override("zh-hans"):
        try:
            link = actions.find_link(token=token, address=client_address(request))
            form = VoiceForm(request.POST or None)
            if request.method == "POST" and form.is_valid():
                actions.speak(link=link, **form.cleaned_data)
                return render(
                    request, "assessments/voice_thanks.html", {"text": _("Thank you. What you said has arrived.")}
                )
        except RuleViolation as refusal:
            status = TOO_MANY if refusal.code == "voice.flood" else NO_SUCH
            return render(request, "assessments/voice_thanks.html", {"text": str(refusal)}, status=status)
        return render(request, "assessments/voice_speak.html", {"form": form})


@require_safe
@require(Permission.SUPERVISION_READ)
def voice_list(request: SignedInRequest) -> HttpResponse:
    """What residents said: complaints without an answer first."""
    voices = Voice.objects.visible_to(request.user).select_related("institution", "team")
    if request.GET.get("show") != "all":
        voices = voices.exclude(complaint="").filter(answer="")
    page = Paginator(voices, VOICES_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "assessments/voice_list.html", {"page": page, "shows_all": request.GET.get("show") == "all"})


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.SUPERVISION_READ)
def voice_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One, with the institution's answer."""
    voices = Voice.objects.visible_to(request.user).select_related("institution", "team", "link")
    voice = get_object_or_404(voices, pk=pk)
    form = AnswerForm(request.POST or None)

    def answer() -> str:
        actions.answer(voice=voice, text=form.cleaned_data["text"], by=request.user)
        messages.success(request, _("The answer is saved."))
        return reverse("assessments:voice_list")

    if response := sent(request, form, answer):
        return response
    called = Resident.objects.visible_to(request.user).filter(pk=voice.link.resident_id) if voice.may_call else None
    context = {
        "voice": voice,
        "resident": called.first() if called is not None else None,
        "form": form if voice.is_open and may_answer(request) else None,
    }
    return render(request, "assessments/voice_detail.html", context)


def may_answer(request: SignedInRequest) -> bool:
    """Whether the account answers complaints."""
    return has_permission(request.user, Permission.RECTIFICATION_EDIT) or has_permission(
        request.user, Permission.SUPERVISION_EDIT
    )
