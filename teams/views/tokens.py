"""Keys of the API: who acts as which account, used when; made and shown once, and ended."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from teams.actions.submissions import fresh_key, once
from teams.actions.tokens import create_token, revoke_token
from teams.forms import TokenForm
from teams.leaving import left, watch
from teams.models import ApiToken
from teams.permissions import Permission, SignedInRequest, require
from teams.rules import RuleViolation


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@require(Permission.ACCOUNT_EDIT)
def token_list(request: SignedInRequest) -> HttpResponse:
    """Every key with its account and last use; a new one is shown on the answer to its form, and never again."""
    form = TokenForm(request.user, request.POST if request.method == "POST" else None)
    if answer := left(request, form):
        return answer
    shown = ""
    if form.is_bound and form.is_valid():
        try:
            shown = _made(request, form)
        except RuleViolation as refusal:
            form.add_error("name" if refusal.code == "token.name_taken" else None, str(refusal))
        else:
            if not shown:
                messages.warning(request, _("This key was made already and shown once. Revoke it if nobody noted it."))
                return redirect("teams:token_list")
            form = watch(TokenForm(request.user))
    rows = ApiToken.objects.visible_to(request.user).select_related("user__institution").order_by("name", "pk")
    context = {
        "form": form,
        "shown": shown,
        "submission": request.POST.get("submission") if form.is_bound else fresh_key(),
        "used": [row for row in rows if row.revoked_at is None],
        "revoked": [row for row in rows if row.revoked_at is not None],
    }
    return render(request, "teams/token_list.html", context)


@require_POST
@require(Permission.ACCOUNT_EDIT)
def token_revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    """End a key: from now on it opens nothing."""
    token = get_object_or_404(ApiToken.objects.visible_to(request.user), pk=pk)
    # A key of the same name may have been made since; that one stays.
    if token.revoked_at is None:
        revoke_token(name=token.name, by=request.user)
    messages.success(request, _("The key %(name)s is revoked.") % {"name": token.name})
    return redirect("teams:token_list")


def _made(request: SignedInRequest, form: TokenForm) -> str:
    """The new key; "" when the same form was sent before."""
    keys = []

    def make() -> str:
        data = form.cleaned_data
        keys.append(create_token(user=data["account"], name=data["name"], by=request.user))
        return reverse("teams:token_list")

    once(key=request.POST.get("submission", ""), by=request.user, do=make)
    return keys[0] if keys else ""
