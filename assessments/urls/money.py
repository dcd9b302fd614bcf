"""Pages of money: funds, allocations, statements, what comes in."""

from django.urls import path

from assessments.views import funds, runs, statements, transfers

urlpatterns = [
    path("money/", runs.money_home, name="money_home"),
    path("money/funds/new/", funds.fund_create, name="fund_create"),
    path("money/funds/<int:pk>/", funds.fund_detail, name="fund_detail"),
    path("money/funds/<int:pk>/draft/", funds.fund_draft, name="fund_draft"),
    path("money/rules/<int:pk>/edit/", funds.fund_edit, name="fund_edit"),
    path("money/rules/<int:pk>/publish/", funds.fund_publish, name="fund_publish"),
    path("money/rules/<int:pk>/drop/", funds.fund_drop, name="fund_drop"),
    path("money/funds/<int:pk>/begin/", runs.run_begin, name="run_begin"),
    path("money/runs/<int:pk>/", runs.run_detail, name="run_detail"),
    path("money/runs/<int:pk>/compare/", runs.run_compare, name="run_compare"),
    path("money/runs/<int:pk>/simulate/", runs.run_simulate, name="run_simulate"),
    path("money/runs/<int:pk>/drop/", runs.run_drop, name="run_drop"),
    path("money/rounds/<int:pk>/submit/", runs.run_submit, name="run_submit"),
    path("money/rounds/<int:pk>/review/", runs.run_review, name="run_review"),
    path("money/rounds/<int:pk>/pay/", runs.run_pay, name="run_pay"),
    path("money/rounds/<int:pk>/repayments/", runs.repayment_create, name="repayment_create"),
    path("money/rounds/<int:pk>/payments.<slug:format>", statements.payment_file, name="payment_file"),
    path("money/lines/<int:pk>/", statements.statement, name="statement"),
    path("money/lines/<int:pk>/statement.xlsx", statements.statement_file, name="statement_file"),
    path("money/lines/<int:pk>/people/", statements.statement_people, name="statement_people"),
    path("money/transfers/", transfers.transfer_list, name="transfer_list"),
    path("money/transfers/add/", transfers.transfer_create, name="transfer_create"),
    path("money/health-fund/", transfers.health_fund_set, name="health_fund_set"),
]
