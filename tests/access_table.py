"""What every URL answers to everybody: the one table of expectations that test_access.py holds the product to.

A new URL needs a line here; what its address holds (path arguments, query) stands in ADDRESSES. Columns are the
visitors of tests/accounts.py, for GET and then for POST without fields. The object is of the clerk's own centre
(`own`), of the other one (`other`), or the page has none (`-`). `in` means: sent to the sign-in page. A row of
another's is 404, never 403.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db.models import Model

from contracts.models import FeeEntry, FollowUp, Merge, Obligation, Referral, Service
from residents.models import Register, Resident
from service_packages.models import Item, PackageVersion
from teams.models import TeamMember, TeamVillage
from tests.access import areas
from tests.accounts import VISITORS, Place

# an: anonymous, cl: clerk, fo: clerk of the other centre, do: doctor, of: official, ad: administrator, au: auditor
TABLE = """
#                                  GET                            POST
# name                    object   an  cl  fo  do  of  ad  au     an  cl  fo  do  of  ad  au
home                      -        in  302 302 302 302 302 302    in  405 405 405 405 405 405
login                     -        200 200 200 200 200 200 200    200 200 200 200 200 200 200
logout                    -        in  405 405 405 405 405 405    in  302 302 302 302 302 302
password_change           -        in  200 200 200 200 200 200    in  200 200 200 200 200 200
set_language              -        302 302 302 302 302 302 302    302 302 302 302 302 302 302
admin:index               -        in  403 403 403 403 200 403    in  403 403 403 403 200 403
teams:healthz             -        200 200 200 200 200 200 200    405 405 405 405 405 405 405
teams:readyz              -        200 200 200 200 200 200 200    405 405 405 405 405 405 405
teams:import_list         -        in  200 200 403 403 200 403    in  405 405 405 405 405 405
teams:import_create       -        in  405 405 405 405 405 405    in  200 200 403 403 200 403
teams:import_detail       own      in  200 404 403 403 200 403    in  405 405 405 405 405 405
teams:import_detail       other    in  404 200 403 403 200 403    in  405 405 405 405 405 405
teams:import_progress     own      in  200 404 403 403 200 403    in  405 405 405 405 405 405
teams:import_progress     other    in  404 200 403 403 200 403    in  405 405 405 405 405 405
teams:import_confirm      own      in  405 405 405 405 405 405    in  302 404 403 403 302 403
teams:import_confirm      other    in  405 405 405 405 405 405    in  404 302 403 403 302 403
teams:import_recheck      own      in  405 405 405 405 405 405    in  302 404 403 403 302 403
teams:import_recheck      other    in  405 405 405 405 405 405    in  404 302 403 403 302 403
teams:import_discard      own      in  405 405 405 405 405 405    in  302 404 403 403 302 403
teams:import_discard      other    in  405 405 405 405 405 405    in  404 302 403 403 302 403
teams:import_correct      own      in  405 405 405 405 405 405    in  200 404 403 403 200 403
teams:import_correct      other    in  405 405 405 405 405 405    in  404 200 403 403 200 403
teams:import_undo         own      in  405 405 405 405 405 405    in  302 404 403 403 302 403
teams:import_undo         other    in  405 405 405 405 405 405    in  404 302 403 403 302 403
teams:import_rejects      own      in  404 404 403 403 404 403    in  405 405 405 405 405 405
teams:import_rejects      other    in  404 404 403 403 404 403    in  405 405 405 405 405 405
teams:import_template     -        in  200 200 403 403 200 403    in  405 405 405 405 405 405
teams:token_list          -        in  403 403 403 403 200 403    in  403 403 403 403 200 403
teams:token_revoke        -        in  405 405 405 405 405 405    in  403 403 403 403 404 403
contracts:sign            -        in  200 200 200 403 403 403    in  200 200 200 403 403 403
contracts:sign            own      in  200 404 404 403 403 403    in  200 200 200 403 403 403
contracts:sign            other    in  404 200 404 403 403 403    in  200 200 200 403 403 403
contracts:sign_search     -        in  405 405 405 405 405 405    in  200 200 200 403 403 403
contracts:sign_desk       -        in  405 405 405 405 405 405    in  200 200 200 403 403 403
contracts:sign_register   -        in  405 405 405 405 405 405    in  200 200 200 403 403 403
contracts:draft_detail    own      in  302 404 404 403 403 403    in  302 404 404 403 403 403
contracts:draft_detail    other    in  404 302 404 403 403 403    in  404 302 404 403 403 403
contracts:draft_agreement own      in  404 404 404 403 403 403    in  405 405 405 405 405 405
contracts:draft_agreement other    in  404 404 404 403 403 403    in  405 405 405 405 405 405
contracts:draft_discard   own      in  405 405 405 405 405 405    in  302 404 404 403 403 403
contracts:draft_discard   other    in  405 405 405 405 405 405    in  404 302 404 403 403 403
contracts:signed          own      in  200 404 200 403 403 403    in  405 405 405 405 405 405
contracts:signed          other    in  404 200 404 403 403 403    in  405 405 405 405 405 405
contracts:agreement       own      in  200 404 200 200 200 403    in  405 405 405 405 405 405
contracts:agreement       other    in  404 200 404 200 200 403    in  405 405 405 405 405 405
contracts:handbook        own      in  200 404 200 200 200 403    in  405 405 405 405 405 405
contracts:handbook        other    in  404 200 404 200 200 403    in  405 405 405 405 405 405
contracts:signature       own      in  404 404 404 404 404 403    in  405 405 405 405 405 405
contracts:signature       other    in  404 404 404 404 404 403    in  405 405 405 405 405 405
contracts:contract_scan   own      in  200 404 200 403 403 403    in  200 404 200 403 403 403
contracts:contract_scan   other    in  404 200 404 403 403 403    in  404 200 404 403 403 403
contracts:due_list        -        in  200 200 200 403 403 403    in  405 405 405 405 405 405
contracts:unserved_list   -        in  200 200 200 200 200 403    in  405 405 405 405 405 405
contracts:due_returned    -        in  200 200 200 403 403 403    in  405 405 405 405 405 405
contracts:privilege_api   -        403 405 405 403 403 403 403    403 400 400 403 403 403 403
contracts:service_grid    -        in  200 200 200 403 403 403    in  200 200 200 403 403 403
contracts:service_event   -        in  200 200 200 403 403 403    in  200 200 200 403 403 403
contracts:service_record  own      in  200 404 200 403 403 403    in  200 404 200 403 403 403
contracts:service_record  other    in  404 200 404 403 403 403    in  404 200 404 403 403 403
contracts:attempt_create  own      in  200 404 200 403 403 403    in  200 404 200 403 403 403
contracts:attempt_create  other    in  404 200 404 403 403 403    in  404 200 404 403 403 403
contracts:service_edit    own      in  200 404 200 403 403 403    in  200 404 200 403 403 403
contracts:service_edit    other    in  404 200 404 403 403 403    in  404 200 404 403 403 403
contracts:service_delete  own      in  405 405 405 405 405 405    in  302 404 302 403 403 403
contracts:service_delete  other    in  405 405 405 405 405 405    in  404 302 404 403 403 403
contracts:obligation_waive own     in  200 404 200 403 403 403    in  200 404 200 403 403 403
contracts:obligation_waive other   in  404 200 404 403 403 403    in  404 200 404 403 403 403
contracts:obligation_take_back own in  405 405 405 405 405 405    in  302 404 302 403 403 403
contracts:obligation_take_back other in 405 405 405 405 405 405   in  404 302 404 403 403 403
contracts:referral_list   -        in  200 200 200 403 403 403    in  405 405 405 405 405 405
contracts:referral_create own      in  200 404 200 403 403 403    in  200 404 200 403 403 403
contracts:referral_create other    in  404 200 404 403 403 403    in  404 200 404 403 403 403
contracts:referral_hand_back -     in  200 200 200 403 403 403    in  200 200 200 403 403 403
contracts:referral_detail own      in  200 404 200 403 403 403    in  405 405 405 405 405 405
contracts:referral_detail other    in  404 200 404 403 403 403    in  405 405 405 405 405 405
contracts:referral_move   own      in  405 405 405 405 405 405    in  200 404 200 403 403 403
contracts:referral_move   other    in  405 405 405 405 405 405    in  404 200 404 403 403 403
contracts:slot_list       -        in  200 200 200 403 403 403    in  200 200 200 403 403 403
contracts:follow_up_finish own     in  405 405 405 405 405 405    in  302 404 302 403 403 403
contracts:follow_up_finish other   in  405 405 405 405 405 405    in  404 302 404 403 403 403
teams:team_list           -        in  200 200 200 200 200 200    in  405 405 405 405 405 405
contracts:today           -        in  200 200 200 403 403 403    in  405 405 405 405 405 405
contracts:to_sign         -        in  200 200 200 403 403 403    in  405 405 405 405 405 405
contracts:problem_list    -        in  200 200 200 200 200 403    in  405 405 405 405 405 405
contracts:problem_check   -        in  405 405 405 405 405 405    in  302 302 302 302 302 403
contracts:team            own      in  200 404 200 200 200 200    in  405 405 405 405 405 405
contracts:team            other    in  404 200 404 200 200 200    in  405 405 405 405 405 405
contracts:institution     own      in  200 404 404 200 200 200    in  405 405 405 405 405 405
contracts:institution     other    in  404 200 404 200 200 200    in  405 405 405 405 405 405
contracts:team_create     -        in  403 403 403 403 200 403    in  403 403 403 403 200 403
contracts:team_rename     own      in  403 403 403 403 200 403    in  403 403 403 403 200 403
contracts:team_dissolve   own      in  403 403 403 403 200 403    in  403 403 403 403 200 403
contracts:member_add      own      in  403 403 403 403 200 403    in  403 403 403 403 200 403
contracts:member_end      own      in  403 403 403 403 200 403    in  403 403 403 403 200 403
contracts:member_lead     own      in  403 403 403 403 200 403    in  403 403 403 403 200 403
contracts:village_add     own      in  403 403 403 403 200 403    in  403 403 403 403 200 403
contracts:village_end     own      in  403 403 403 403 200 403    in  403 403 403 403 200 403
teams:export_list         -        in  200 200 200 200 200 403    in  405 405 405 405 405 405
teams:export_new          -        in  200 200 200 200 200 403    in  200 200 200 200 200 403
teams:export_detail       own      in  200 404 404 404 404 403    in  405 405 405 405 405 405
teams:export_detail       other    in  404 200 404 404 404 403    in  405 405 405 405 405 405
teams:export_progress     own      in  200 404 404 404 404 403    in  405 405 405 405 405 405
teams:export_progress     other    in  404 200 404 404 404 403    in  405 405 405 405 405 405
teams:export_file         own      in  200 404 404 404 404 403    in  405 405 405 405 405 405
teams:export_file         other    in  404 200 404 404 404 403    in  405 405 405 405 405 405
teams:filter_save         -        in  405 405 405 405 405 405    in  404 404 404 404 404 403
teams:filter_delete       own      in  405 405 405 405 405 405    in  302 404 404 404 404 403
teams:filter_delete       other    in  405 405 405 405 405 405    in  404 302 404 404 404 403
teams:list_arrange        -        in  405 405 405 405 405 405    in  404 404 404 404 404 403
contracts:people          -        in  200 200 200 200 200 403    in  405 405 405 405 405 405
contracts:people_find     -        in  405 405 405 405 405 405    in  302 302 302 302 302 403
contracts:person          own      in  200 404 200 200 200 403    in  405 405 405 405 405 405
contracts:person          other    in  404 200 404 200 200 403    in  405 405 405 405 405 405
contracts:person_edit     own      in  200 404 200 403 403 403    in  200 404 200 403 403 403
contracts:person_edit     other    in  404 200 404 403 403 403    in  404 200 404 403 403 403
contracts:person_household own      in  200 404 200 403 403 403    in  200 404 200 403 403 403
contracts:person_household other    in  404 200 404 403 403 403    in  404 200 404 403 403 403
contracts:person_transfer own      in  200 404 200 403 403 403    in  200 404 200 403 403 403
contracts:person_transfer other    in  404 200 404 403 403 403    in  404 200 404 403 403 403
contracts:person_departure own      in  200 404 200 403 403 403    in  200 404 200 403 403 403
contracts:person_departure other    in  404 200 404 403 403 403    in  404 200 404 403 403 403
contracts:register_create own      in  200 404 200 403 403 403    in  200 404 200 403 403 403
contracts:register_create other    in  404 200 404 403 403 403    in  404 200 404 403 403 403
contracts:register_edit   own      in  200 404 200 403 403 403    in  200 404 200 403 403 403
contracts:register_edit   other    in  404 200 404 403 403 403    in  404 200 404 403 403 403
contracts:register_delete own      in  405 405 405 405 405 405    in  302 404 302 403 403 403
contracts:register_delete other    in  405 405 405 405 405 405    in  404 302 404 403 403 403
contracts:person_changes  own      in  200 404 200 200 200 403    in  405 405 405 405 405 405
contracts:person_changes  other    in  404 200 404 200 200 403    in  405 405 405 405 405 405
contracts:duplicates      -        in  200 200 200 403 403 403    in  405 405 405 405 405 405
contracts:duplicate       own      in  200 404 404 403 403 403    in  200 404 404 403 403 403
contracts:duplicate       other    in  404 200 404 403 403 403    in  404 200 404 403 403 403
contracts:duplicate_apart own      in  405 405 405 405 405 405    in  302 404 404 403 403 403
contracts:duplicate_apart other    in  405 405 405 405 405 405    in  404 302 404 403 403 403
contracts:merge_undo      own      in  405 405 405 405 405 405    in  302 404 302 403 403 403
contracts:merge_undo      other    in  405 405 405 405 405 405    in  404 302 404 403 403 403
contracts:person_reveal   own      in  405 405 405 405 405 405    in  200 404 200 200 403 403
contracts:person_reveal   other    in  405 405 405 405 405 405    in  404 200 404 200 403 403
service_packages:package_list -        in  200 200 200 200 200 200    in  405 405 405 405 405 405
service_packages:package_create -        in  403 403 403 403 200 403    in  403 403 403 403 200 403
service_packages:year_copy -        in  403 403 403 403 200 403    in  403 403 403 403 200 403
service_packages:year_publish -        in  405 405 405 405 405 405    in  403 403 403 403 302 403
service_packages:catalogue_file -        in  200 200 200 200 200 200    in  405 405 405 405 405 405
service_packages:item_list -        in  200 200 200 200 200 200    in  405 405 405 405 405 405
service_packages:item_create -        in  403 403 403 403 200 403    in  403 403 403 403 200 403
service_packages:item_edit -        in  403 403 403 403 200 403    in  403 403 403 403 200 403
service_packages:version_detail -        in  200 200 200 200 200 200    in  405 405 405 405 405 405
service_packages:version_edit -        in  403 403 403 403 302 403    in  403 403 403 403 302 403
service_packages:version_diff -        in  200 200 200 200 200 200    in  405 405 405 405 405 405
service_packages:draft_start -        in  405 405 405 405 405 405    in  403 403 403 403 302 403
service_packages:draft_publish -        in  405 405 405 405 405 405    in  403 403 403 403 302 403
service_packages:version_retire -        in  405 405 405 405 405 405    in  403 403 403 403 302 403
service_packages:draft_drop -        in  405 405 405 405 405 405    in  403 403 403 403 302 403
contracts:package_preview -        in  200 200 200 200 200 200    in  405 405 405 405 405 405
contracts:contract_list   -        in  200 200 200 200 200 403    in  405 405 405 405 405 405
contracts:contract_find   -        in  405 405 405 405 405 405    in  302 302 302 302 302 403
contracts:contract_detail own      in  200 404 200 200 200 403    in  405 405 405 405 405 405
contracts:contract_detail other    in  404 200 404 200 200 403    in  405 405 405 405 405 405
contracts:contract_renew own in 200 404 200 403 403 403    in  200 404 200 403 403 403
contracts:contract_renew other in 404 200 404 403 403 403    in  404 200 404 403 403 403
contracts:contract_change_team own in 200 404 200 403 403 403    in  200 404 200 403 403 403
contracts:contract_change_team other in 404 200 404 403 403 403    in  404 200 404 403 403 403
contracts:contract_change_packages own in 200 404 200 403 403 403    in  200 404 200 403 403 403
contracts:contract_change_packages other in 404 200 404 403 403 403    in  404 200 404 403 403 403
contracts:contract_terminate own in 200 404 200 403 403 403    in  200 404 200 403 403 403
contracts:contract_terminate other in 404 200 404 403 403 403    in  404 200 404 403 403 403
contracts:contract_suspend own in 200 404 200 403 403 403    in  200 404 200 403 403 403
contracts:contract_suspend other in 404 200 404 403 403 403    in  404 200 404 403 403 403
contracts:contract_resume own in 200 404 200 403 403 403    in  200 404 200 403 403 403
contracts:contract_resume other in 404 200 404 403 403 403    in  404 200 404 403 403 403
contracts:contract_confirm own in 200 404 200 403 403 403    in  200 404 200 403 403 403
contracts:contract_confirm other in 404 200 404 403 403 403    in  404 200 404 403 403 403
contracts:contract_undo   own      in  405 405 405 405 405 405    in  302 404 302 403 403 403
contracts:contract_undo   other    in  405 405 405 405 405 405    in  404 302 404 403 403 403
contracts:batch_create    -        in  405 405 405 405 405 405    in  302 302 302 403 403 403
contracts:batch_detail    own      in  200 404 404 403 403 403    in  405 405 405 405 405 405
contracts:batch_detail    other    in  404 200 404 403 403 403    in  405 405 405 405 405 405
contracts:batch_begin     own      in  405 405 405 405 405 405    in  200 404 404 403 403 403
contracts:batch_begin     other    in  405 405 405 405 405 405    in  404 200 404 403 403 403
contracts:batch_progress  own      in  200 404 404 403 403 403    in  405 405 405 405 405 405
contracts:batch_progress  other    in  404 200 404 403 403 403    in  405 405 405 405 405 405
contracts:fee_list        -        in  200 200 403 200 403 302    in  405 405 405 405 405 405
contracts:fee_statement   -        in  200 200 403 200 403 200    in  405 405 405 405 405 405
contracts:fee_statement_file  -    in  200 200 403 200 403 200    in  405 405 405 405 405 405
contracts:fee_payment     -        in  200 200 403 403 403 403    in  200 200 403 403 403 403
contracts:fee_receive     own      in  200 404 403 403 403 403    in  200 404 403 403 403 403
contracts:fee_receive     other    in  404 200 403 403 403 403    in  404 200 403 403 403 403
contracts:fee_waive       own      in  200 404 403 403 403 403    in  200 404 403 403 403 403
contracts:fee_waive       other    in  404 200 403 403 403 403    in  404 200 403 403 403 403
contracts:fee_refund      own      in  200 404 403 403 403 403    in  200 404 403 403 403 403
contracts:fee_refund      other    in  404 200 403 403 403 403    in  404 200 403 403 403 403
contracts:fee_cancel      own      in  200 404 403 200 403 403    in  200 404 403 200 403 403
contracts:fee_cancel      other    in  404 200 403 200 403 403    in  404 200 403 200 403 403
contracts:fee_receipt     own      in  200 404 403 200 403 404    in  405 405 405 405 405 405
contracts:fee_receipt     other    in  404 200 403 200 403 404    in  405 405 405 405 405 405
contracts:handover_list   -        in  200 200 200 200 200 403    in  405 405 405 405 405 405
contracts:handover_create -        in  200 200 200 403 200 403    in  200 200 200 403 200 403
contracts:handover_detail own      in  200 404 200 200 200 403    in  405 405 405 405 405 405
contracts:handover_detail other    in  404 200 404 200 200 403    in  405 405 405 405 405 405
contracts:handover_answer own      in  405 405 405 405 405 405    in  200 404 200 403 403 403
contracts:handover_answer other    in  405 405 405 405 405 405    in  404 200 404 403 403 403
contracts:handover_submit own      in  405 405 405 405 405 405    in  302 404 302 403 302 403
contracts:handover_submit other    in  405 405 405 405 405 405    in  404 302 404 403 302 403
contracts:handover_review own      in  405 405 405 405 405 405    in  403 403 403 302 403 403
contracts:handover_again  own      in  405 405 405 405 405 405    in  302 404 302 403 403 403
contracts:handover_again  other    in  405 405 405 405 405 405    in  404 302 404 403 403 403
contracts:departure_create -       in  403 403 403 403 200 403    in  403 403 403 403 200 403
contracts:departure_detail own     in  200 404 200 200 200 403    in  405 405 405 405 405 405
contracts:departure_detail other   in  404 200 404 200 200 403    in  405 405 405 405 405 405
assessments:overview      -        in  200 200 200 200 200 200    in  405 405 405 405 405 405
assessments:overview      own      in  200 404 404 200 200 200    in  405 405 405 405 405 405
assessments:overview      other    in  404 200 404 200 200 200    in  405 405 405 405 405 405
assessments:figure        -        in  200 200 200 200 200 200    in  405 405 405 405 405 405
assessments:figure        own      in  200 404 200 200 200 200    in  405 405 405 405 405 405
assessments:figure        other    in  404 200 404 200 200 200    in  405 405 405 405 405 405
assessments:people        -        in  200 200 200 200 200 403    in  405 405 405 405 405 405
assessments:people        own      in  200 404 200 200 200 403    in  405 405 405 405 405 405
assessments:people        other    in  404 200 404 200 200 403    in  405 405 405 405 405 405
assessments:ages          -        in  200 200 200 200 200 200    in  405 405 405 405 405 405
assessments:ages          own      in  200 404 200 200 200 200    in  405 405 405 405 405 405
assessments:ages          other    in  404 200 404 200 200 200    in  405 405 405 405 405 405
assessments:evidence      own      in  200 404 200 200 200 403    in  405 405 405 405 405 405
assessments:evidence      other    in  404 200 404 200 200 403    in  405 405 405 405 405 405
assessments:cohorts       -        in  200 200 200 200 200 200    in  405 405 405 405 405 405
assessments:cohorts       own      in  200 404 200 200 200 200    in  405 405 405 405 405 405
assessments:cohorts       other    in  404 200 404 200 200 200    in  405 405 405 405 405 405
assessments:cohort_people -        in  404 404 404 404 404 403    in  405 405 405 405 405 405
assessments:cohort_count  -        in  405 405 405 405 405 405    in  403 403 403 302 302 302
assessments:cohort_file   own      in  200 404 200 200 200 200    in  405 405 405 405 405 405
assessments:cohort_file   other    in  404 200 404 200 200 200    in  405 405 405 405 405 405
assessments:kpis          -        in  200 200 200 200 200 200    in  405 405 405 405 405 405
assessments:kpis          own      in  200 404 404 200 200 200    in  405 405 405 405 405 405
assessments:kpis          other    in  404 200 404 200 200 200    in  405 405 405 405 405 405
assessments:indicator_list_api - 403 200 200 200 200 200 200    403 405 405 405 405 405 405
assessments:figure_list_api - 403 200 200 200 200 200 200    403 405 405 405 405 405 405
assessments:figure_list_api own 403 200 404 200 200 200 200    403 405 405 405 405 405 405
assessments:month_list_api - 403 200 200 200 200 200 200    403 405 405 405 405 405 405
assessments:target_list_api - 403 200 200 200 200 200 200    403 405 405 405 405 405 405
assessments:schema_api - 403 200 200 200 200 200 200    403 405 405 405 405 405 405
assessments:figure_list_api other 403 404 200 404 200 200 200    403 405 405 405 405 405 405
assessments:month_list    -        in  403 403 403 200 200 200    in  405 405 405 405 405 405
assessments:month_detail  -        in  403 403 403 404 404 404    in  405 405 405 405 405 405
assessments:month_remark  -        in  405 405 405 405 405 405    in  403 403 403 404 403 403
assessments:month_freeze  -        in  405 405 405 405 405 405    in  403 403 403 404 403 403
assessments:month_verify  -        in  405 405 405 405 405 405    in  403 403 403 404 404 404
assessments:month_difference -     in  404 404 404 404 404 404    in  405 405 405 405 405 405
assessments:target_list   -        in  200 200 200 200 200 200    in  405 405 405 405 405 405
assessments:target_set    -        in  405 405 405 405 405 405    in  403 403 403 403 200 403
assessments:target_copy   -        in  405 405 405 405 405 405    in  403 403 403 403 302 403
assessments:target_remove -        in  405 405 405 405 405 405    in  403 403 403 403 404 403
assessments:return        -        in  200 200 404 200 200 200    in  405 405 405 405 405 405
assessments:return        own      in  200 404 404 200 200 200    in  405 405 405 405 405 405
assessments:return        other    in  404 200 404 200 200 200    in  405 405 405 405 405 405
assessments:return_file   -        in  200 200 404 200 200 200    in  405 405 405 405 405 405
assessments:return_file   own      in  200 404 404 200 200 200    in  405 405 405 405 405 405
assessments:return_file   other    in  404 200 404 200 200 200    in  405 405 405 405 405 405
assessments:fulfilment    -        in  200 200 200 200 200 200    in  405 405 405 405 405 405
assessments:fulfilment    own      in  200 404 200 200 200 200    in  405 405 405 405 405 405
assessments:fulfilment    other    in  404 200 404 200 200 200    in  405 405 405 405 405 405
assessments:fulfilment_file -      in  200 200 200 200 200 200    in  405 405 405 405 405 405
assessments:forecast      -        in  200 200 200 200 200 200    in  405 405 405 405 405 405
assessments:forecast      own      in  200 404 200 200 200 200    in  405 405 405 405 405 405
assessments:forecast      other    in  404 200 404 200 200 200    in  405 405 405 405 405 405
assessments:progress      -        in  200 200 200 200 200 200    in  405 405 405 405 405 405
assessments:month_compute -        in  405 405 405 405 405 405    in  403 403 403 302 302 302
"""

Arguments = Mapping[str, object]


def first(model: type[Model], place: Place | None) -> int:
    """The id of a row of the place's resident."""
    rows = model._default_manager.filter(resident=place.resident) if place else model._default_manager.none()
    return rows.values_list("pk", flat=True).first() or 0


def _of_team(place: Place | None, model: type[TeamMember] | type[TeamVillage]) -> int:
    """The id of the first row of the place's team."""
    row = model.objects.filter(team=place.team).first() if place else None
    return row.pk if row else 0


def a_version(*more: str) -> Arguments:
    """The one package of the district, under each of the names."""
    number = PackageVersion.objects.values_list("pk", flat=True).first()
    return {"pk": number, **dict.fromkeys(more, number)}


def _two(place: Place | None) -> Arguments:
    """The place's resident and another of its centre."""
    other = Resident.objects.filter(institution=place.centre).exclude(pk=place.resident.pk).first() if place else None
    return {"pk": place.resident.pk if place else 0, "other": other.pk if other else 0}


def _merge(place: Place | None) -> int:
    """The id of the merge into the place's resident."""
    row = Merge.objects.filter(kept_id=place.resident.pk).first() if place else None
    return row.pk if row else 0


def _receipt(place: Place | None) -> int:
    """The id of a receipt for the place's contract."""
    row = FeeEntry.objects.filter(coverage__contract=place.contract).first() if place else None
    return row.pk if row else 0


STEPS = ("renew", "change_team", "change_packages", "terminate", "suspend", "resume", "confirm")

# Path arguments and query of a page; of a place, or of none.
ADDRESSES: dict[str, Callable[[Place | None], tuple[Arguments, Arguments]]] = {
    "teams:token_revoke": lambda place: ({"pk": 0}, {}),
    "teams:import_detail": lambda place: ({"pk": place.imported.pk if place else 0}, {}),
    "teams:import_progress": lambda place: ({"pk": place.imported.pk if place else 0}, {}),
    "teams:import_rejects": lambda place: ({"pk": place.imported.pk if place else 0}, {}),
    **{
        f"teams:import_{step}": lambda place: ({"pk": place.imported.pk if place else 0}, {})
        for step in ("confirm", "recheck", "discard", "correct", "undo")
    },
    "teams:import_template": lambda place: ({"kind": "residents"}, {}),
    "assessments:fulfilment": lambda place: ({}, {"team": place.team.code} if place else {}),
    "assessments:forecast": lambda place: ({}, {"team": place.team.code} if place else {}),
    "assessments:return": lambda place: ({}, {"unit": place.centre.code} if place else {}),
    "assessments:return_file": lambda place: ({}, {"unit": place.centre.code} if place else {}),
    "assessments:target_remove": lambda place: ({"pk": 0}, {}),
    **{
        f"contracts:fee_{step}": lambda place: ({"pk": place.contract.pk if place else 0}, {})
        for step in ("receive", "waive", "refund")
    },
    "contracts:fee_payment": lambda place: ({}, {"payer": "finance"}),
    **{f"contracts:fee_{step}": lambda place: ({"pk": _receipt(place)}, {}) for step in ("cancel", "receipt")},
    "contracts:team": lambda place: ({"pk": place.team.pk if place else 0}, {}),
    "contracts:institution": lambda place: ({"pk": place.centre.pk if place else 0}, {}),
    "contracts:team_rename": lambda place: ({"pk": place.team.pk if place else 0}, {}),
    "contracts:team_dissolve": lambda place: ({"pk": place.team.pk if place else 0}, {}),
    "contracts:member_add": lambda place: ({"pk": place.team.pk if place else 0}, {}),
    "contracts:member_end": lambda place: ({"pk": _of_team(place, TeamMember)}, {}),
    "contracts:member_lead": lambda place: ({"pk": _of_team(place, TeamMember)}, {}),
    "contracts:village_add": lambda place: ({"pk": place.team.pk if place else 0}, {}),
    "contracts:village_end": lambda place: ({"pk": _of_team(place, TeamVillage)}, {}),
    "contracts:sign": lambda place: ({}, {"draft": place.draft.pk} if place else {}),
    "contracts:draft_detail": lambda place: ({"pk": place.draft.pk if place else 0}, {}),
    "contracts:draft_agreement": lambda place: ({"pk": place.draft.pk if place else 0}, {}),
    "contracts:draft_discard": lambda place: ({"pk": place.draft.pk if place else 0}, {}),
    "contracts:signed": lambda place: ({"pk": place.contract.pk if place else 0}, {}),
    "contracts:agreement": lambda place: ({"pk": place.contract.pk if place else 0}, {}),
    "contracts:handbook": lambda place: ({"pk": place.contract.pk if place else 0}, {}),
    "contracts:contract_scan": lambda place: ({"pk": place.contract.pk if place else 0}, {}),
    "contracts:signature": lambda place: ({"pk": place.contract.pk if place else 0}, {}),
    **{
        f"contracts:contract_{step}": lambda place: ({"pk": place.contract.pk if place else 0}, {})
        for step in (
            "detail",
            "renew",
            "change_team",
            "change_packages",
            "terminate",
            "undo",
            "suspend",
            "resume",
            "confirm",
        )
    },
    **{
        f"contracts:batch_{page}": lambda place: ({"pk": place.batch.pk if place else 0}, {})
        for page in ("detail", "begin", "progress")
    },
    **{
        f"contracts:handover_{page}": lambda place: ({"pk": place.handover.pk if place else 0}, {})
        for page in ("detail", "answer", "submit", "review", "again")
    },
    "contracts:departure_detail": lambda place: ({"pk": place.departure.pk if place else 0}, {}),
    "assessments:month_detail": lambda place: ({"month": "2018-01"}, {}),
    "assessments:month_remark": lambda place: ({"month": "2018-01"}, {}),
    "assessments:month_freeze": lambda place: ({"month": "2018-01"}, {}),
    "assessments:month_verify": lambda place: ({"month": "2018-01"}, {}),
    "contracts:service_record": lambda place: ({"pk": place.resident.pk if place else 0}, {}),
    "contracts:attempt_create": lambda place: ({"pk": place.resident.pk if place else 0}, {}),
    "contracts:service_edit": lambda place: ({"pk": first(Service, place)}, {}),
    "contracts:service_delete": lambda place: ({"pk": first(Service, place)}, {}),
    "contracts:obligation_waive": lambda place: ({"pk": first(Obligation, place)}, {}),
    "contracts:obligation_take_back": lambda place: ({"pk": first(Obligation, place)}, {}),
    "contracts:referral_create": lambda place: ({"pk": place.resident.pk if place else 0}, {}),
    "contracts:referral_detail": lambda place: ({"pk": first(Referral, place)}, {}),
    "contracts:referral_move": lambda place: ({"pk": first(Referral, place), "to": "closed"}, {}),
    "contracts:follow_up_finish": lambda place: ({"pk": first(FollowUp, place)}, {}),
    "teams:export_new": lambda place: ({"kind": "people"}, {}),
    "teams:export_detail": lambda place: ({"pk": place.exported.pk if place else 0}, {}),
    "teams:export_progress": lambda place: ({"pk": place.exported.pk if place else 0}, {}),
    "teams:export_file": lambda place: ({"pk": place.exported.pk if place else 0}, {}),
    "teams:filter_delete": lambda place: ({"pk": place.saved.pk if place else 0}, {}),
    "contracts:person": lambda place: ({"pk": place.resident.pk if place else 0}, {}),
    "contracts:person_edit": lambda place: ({"pk": place.resident.pk if place else 0}, {}),
    "contracts:person_household": lambda place: ({"pk": place.resident.pk if place else 0}, {}),
    "contracts:person_transfer": lambda place: ({"pk": place.resident.pk if place else 0}, {}),
    "contracts:person_departure": lambda place: ({"pk": place.resident.pk if place else 0}, {}),
    "contracts:register_create": lambda place: ({"pk": place.resident.pk if place else 0}, {}),
    "contracts:person_changes": lambda place: ({"pk": place.resident.pk if place else 0}, {}),
    "contracts:register_edit": lambda place: ({"pk": first(Register, place)}, {}),
    "contracts:register_delete": lambda place: ({"pk": first(Register, place)}, {}),
    "contracts:duplicate": lambda place: (_two(place), {}),
    "contracts:duplicate_apart": lambda place: (_two(place), {}),
    "contracts:merge_undo": lambda place: ({"pk": _merge(place)}, {}),
    "contracts:person_reveal": lambda place: ({"pk": place.resident.pk if place else 0, "field": "id_number"}, {}),
    "service_packages:catalogue_file": lambda place: ({"kind": "packages"}, {}),
    "service_packages:item_edit": lambda place: ({"pk": Item.objects.values_list("pk", flat=True).first()}, {}),
    **{
        f"service_packages:{name}": lambda place: (a_version(), {})
        for name in ("version_detail", "version_edit", "draft_start", "draft_publish", "version_retire", "draft_drop")
    },
    "service_packages:version_diff": lambda place: (a_version("other"), {}),
    "assessments:overview": lambda place: ({}, {"unit": place.centre.code} if place else {}),
    "assessments:figure": lambda place: ({"indicator": "coverage"}, {"team": place.team.code} if place else {}),
    "assessments:people": lambda place: ({"indicator": "coverage"}, {"team": place.team.code} if place else {}),
    "assessments:ages": lambda place: ({"indicator": "coverage"}, {"team": place.team.code} if place else {}),
    "assessments:cohorts": lambda place: ({}, {"team": place.team.code} if place else {}),
    "assessments:cohort_file": lambda place: ({}, {"team": place.team.code}),
    "assessments:evidence": lambda place: (
        {"indicator": "coverage", "pk": place.resident.pk},
        {"team": place.team.code},
    ),
    "assessments:figure_list_api": lambda place: ({}, {"team": place.team.code} if place else {}),
    "assessments:kpis": lambda place: ({}, {"unit": place.centre.code} if place else {}),
    **{name: address for area in areas() for name, address in area.ADDRESSES.items()},
}


@dataclass(frozen=True)
class Line:
    """The expectations of one URL and one object: method -> visitor -> status."""

    name: str
    whose: str
    expected: dict[str, dict[str, str]]


def lines() -> list[Line]:
    """The table of every area, read."""
    tables = [TABLE, *(area.TABLE for area in areas())]
    texts = [text for table in tables for text in table.strip().splitlines()]
    rows = [text.split() for text in texts if not text.startswith("#")]
    return [
        Line(
            name,
            whose,
            {
                "GET": dict(zip(VISITORS, statuses[:7], strict=True)),
                "POST": dict(zip(VISITORS, statuses[7:], strict=True)),
            },
        )
        for name, whose, *statuses in rows
    ]
