"""Addresses of signing, contracts and services."""

from django.urls import path

from contracts.views import (
    attempts,
    drafts,
    due,
    many,
    obligations,
    papers,
    problems,
    services,
    signing,
    teams,
    to_sign,
    today,
)

app_name = "contracts"

urlpatterns = [
    path("today/", today.today, name="today"),
    path("to-sign/", to_sign.to_sign, name="to_sign"),
    path("problems/", problems.problem_list, name="problem_list"),
    path("problems/check/", problems.problem_check, name="problem_check"),
    path("institutions/<int:pk>/", teams.institution, name="institution"),
    path("teams/new/", teams.team_create, name="team_create"),
    path("teams/<int:pk>/", teams.team, name="team"),
    path("teams/<int:pk>/rename/", teams.team_rename, name="team_rename"),
    path("teams/<int:pk>/dissolve/", teams.team_dissolve, name="team_dissolve"),
    path("teams/<int:pk>/members/new/", teams.member_add, name="member_add"),
    path("teams/members/<int:pk>/end/", teams.member_end, name="member_end"),
    path("teams/members/<int:pk>/lead/", teams.member_lead, name="member_lead"),
    path("teams/<int:pk>/villages/new/", teams.village_add, name="village_add"),
    path("teams/villages/<int:pk>/end/", teams.village_end, name="village_end"),
    path("due/", due.due_list, name="due_list"),
    path("due/<int:pk>/record/", services.service_record, name="service_record"),
    path("due/<int:pk>/contact/", attempts.attempt_create, name="attempt_create"),
    path("services/grid/", many.service_grid, name="service_grid"),
    path("services/event/", many.service_event, name="service_event"),
    path("services/<int:pk>/", services.service_edit, name="service_edit"),
    path("services/<int:pk>/delete/", services.service_delete, name="service_delete"),
    path("obligations/<int:pk>/waive/", obligations.obligation_waive, name="obligation_waive"),
    path("obligations/<int:pk>/take-back/", obligations.obligation_take_back, name="obligation_take_back"),
    path("follow-ups/<int:pk>/done/", obligations.follow_up_finish, name="follow_up_finish"),
    path("sign/", signing.sign, name="sign"),
    path("sign/search/", signing.sign_search, name="sign_search"),
    path("sign/desk/", signing.sign_desk, name="sign_desk"),
    path("sign/register/", signing.sign_register, name="sign_register"),
    path("sign/drafts/<int:pk>/", drafts.draft_detail, name="draft_detail"),
    path("sign/drafts/<int:pk>/agreement.pdf", drafts.draft_agreement, name="draft_agreement"),
    path("sign/drafts/<int:pk>/discard/", drafts.draft_discard, name="draft_discard"),
    path("contracts/<int:pk>/signed/", papers.signed, name="signed"),
    path("contracts/<int:pk>/agreement.pdf", papers.agreement, name="agreement"),
    path("contracts/<int:pk>/handbook.pdf", papers.handbook, name="handbook"),
    path("contracts/<int:pk>/signature/", papers.signature, name="signature"),
]
