"""Addresses of teams."""

from django.urls import path

from teams.views import accounts, audit, exports, health, imports, lists, teams, tokens

app_name = "teams"

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("teams/", teams.team_list, name="team_list"),
    path("imports/", imports.import_list, name="import_list"),
    path("imports/new/", imports.import_create, name="import_create"),
    path("imports/<int:pk>/", imports.import_detail, name="import_detail"),
    path("imports/<int:pk>/progress/", imports.import_progress, name="import_progress"),
    path("imports/<int:pk>/confirm/", imports.import_confirm, name="import_confirm"),
    path("imports/<int:pk>/check/", imports.import_recheck, name="import_recheck"),
    path("imports/<int:pk>/discard/", imports.import_discard, name="import_discard"),
    path("imports/<int:pk>/correct/", imports.import_correct, name="import_correct"),
    path("imports/<int:pk>/undo/", imports.import_undo, name="import_undo"),
    path("imports/<int:pk>/rejects.xlsx", imports.import_rejects, name="import_rejects"),
    path("imports/templates/<slug:kind>.xlsx", imports.import_template, name="import_template"),
    path("exports/", exports.export_list, name="export_list"),
    path("exports/new/<slug:kind>/", exports.export_new, name="export_new"),
    path("exports/<int:pk>/", exports.export_detail, name="export_detail"),
    path("exports/<int:pk>/progress/", exports.export_progress, name="export_progress"),
    path("exports/<int:pk>/file", exports.export_file, name="export_file"),
    path("accounts/", accounts.account_list, name="account_list"),
    path("accounts/new/", accounts.account_create, name="account_create"),
    path("accounts/staff/", accounts.account_staff, name="account_staff"),
    path("accounts/<int:pk>/", accounts.account_detail, name="account_detail"),
    path("accounts/<int:pk>/password/", accounts.account_password, name="account_password"),
    path("accounts/<int:pk>/close/", accounts.account_close, name="account_close"),
    path("accounts/<int:pk>/reopen/", accounts.account_reopen, name="account_reopen"),
    path("accounts/<int:pk>/unlock/", accounts.account_unlock, name="account_unlock"),
    path("audit/", audit.audit_list, name="audit_list"),
    path("audit/audit.xlsx", audit.audit_file, name="audit_file"),
    path("audit/verify/", audit.audit_verify, name="audit_verify"),
    path("keys/", tokens.token_list, name="token_list"),
    path("keys/<int:pk>/revoke/", tokens.token_revoke, name="token_revoke"),
    path("lists/filters/new/", lists.filter_save, name="filter_save"),
    path("lists/filters/<int:pk>/delete/", lists.filter_delete, name="filter_delete"),
    path("lists/arrange/", lists.list_arrange, name="list_arrange"),
]
