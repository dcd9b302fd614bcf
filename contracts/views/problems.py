"""Data problems: the list with its owner and the one next action of each line, and the check that makes it."""

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from contracts import tasks
from contracts.actions import problems as actions
from contracts.forms.worklists import ProblemForm
from contracts.presenters.worklists import problem_rows
from contracts.queries.problems import checks, counts, loaded
from teams.clock import today
from teams.permissions import Permission, SignedInRequest, require
from teams.queue import enqueue

PROBLEMS_A_PAGE = 50


@require_GET
@require(Permission.PEOPLE_READ)
def problem_list(request: SignedInRequest) -> HttpResponse:
    """The problems of the account's people, contracts and teams; by rule on the left."""
    form = ProblemForm(request.user, request.GET)
    by_rule, (last, newest) = counts(form.rows), checks()
    asked = form.chosen("rule")
    listed = sum(count for rule, count in by_rule if asked in ("", rule.code))
    page: Page[int] = Paginator(range(listed), PROBLEMS_A_PAGE).get_page(request.GET.get("page"))
    found = loaded(form.listed, max(page.start_index() - 1, 0), page.end_index())
    context = {
        "form": form,
        "rules": by_rule,
        "chosen": next((rule for rule, _count in by_rule if rule.code == asked), None),
        "total": sum(count for _rule, count in by_rule),
        "page": page,
        "rows": problem_rows(found, request.user, today()),
        "last": last,
        "newest": newest,
        "query": request.GET.urlencode(),
    }
    return render(request, "contracts/problem_list.html", context)


@require_POST
@require(Permission.PEOPLE_READ)
def problem_check(request: SignedInRequest) -> HttpResponse:
    """Ask the worker to look again, and go back to the page that asked; a request that waits is joined."""
    check = actions.request(by=request.user)
    enqueue(tasks.run_problem_check, check.pk)
    messages.success(request, _("The worker looks again; that takes some seconds. Then load this page anew."))
    return redirect("contracts:duplicates" if request.POST.get("of") == "duplicates" else "contracts:problem_list")
