"""Fees in words: the accounts of a contract, lines of the fee desk and of the statement."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from html import escape
from typing import Any
from urllib.parse import urlencode

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contracts.accounts import Account
from contracts.models import Contract, Coverage, FeeEntry
from contracts.presenters.people import phone_text
from contracts.queries.accounts import accounts
from contracts.queries.fee_desk import DeskLine
from contracts.queries.statements import Grouping, Line
from contracts.rules.fees import FOLLOWING
from service_packages.models import Payer
from teams.clock import month_words, today
from teams.dates import ONE_DAY, add_months
from teams.models import Institution, Team, User
from teams.permissions import Permission, has_permission

Row = dict[str, Any]
NOTHING = Decimal("0.00")


def fees_of(contract: Contract, coverages: Sequence[Coverage], day: date, user: User) -> Row:
    """Context of `contracts/_fees.html`: accounts, totals, entries, and what may be done; coverages have residents."""
    found = accounts([coverage.pk for coverage in coverages], day)
    names = names_of(coverages)
    can_edit = has_permission(user, Permission.FEE_EDIT)
    entries = FeeEntry.objects.visible_to(user).filter(coverage__contract=contract).order_by("-on", "-pk")
    return {
        "accounts": [_account(account, names) for account in found],
        "entries": [_entry(entry, names, user) for entry in entries],
        "may_receive": can_edit and any(account.left for account in found),
        "open": sum((account.open for account in found if account.payer == Payer.RESIDENT), NOTHING),
        "may_waive": can_edit and any(account.left for account in found),
        "back": sum((account.refundable for account in found), NOTHING) if can_edit else NOTHING,
    }


def names_of(coverages: Iterable[Coverage]) -> dict[int, str]:
    """Coverage id -> whose it is."""
    return {coverage.pk: coverage.resident.name for coverage in coverages}


def _account(account: Account, names: Mapping[int, str]) -> Row:
    notes = []
    if account.refundable:
        notes.append(("warn", _("¥%(sum)s to be given back") % {"sum": account.refundable}))
    if account.open and account.since and account.payer == Payer.RESIDENT:
        notes.append(("bad", _("open since %(day)s") % {"day": account.since}))
    return {"name": names[account.coverage_id], "of": account, "notes": notes}


def _entry(entry: FeeEntry, names: Mapping[int, str], user: User) -> Row:
    return {
        "of": entry,
        "name": names[entry.coverage_id],
        "may_print": bool(entry.number) and has_permission(user, Permission.FEE_READ),
        "is_payment": bool(entry.number) and entry.payer != Payer.RESIDENT,
        "may_cancel": may_cancel(entry, user),
    }


def may_cancel(entry: FeeEntry, user: User) -> bool:
    """Whether the account may cancel the entry, as far as can be told before it tries (check_can_cancel)."""
    if entry.cancelled_at is not None or entry.kind in FOLLOWING:
        return False
    can_edit, can_correct = (has_permission(user, each) for each in (Permission.FEE_EDIT, Permission.FEE_CORRECT))
    return can_correct or (can_edit and entry.entered_on == today())


# --- The desk -------------------------------------------------------------------------------------------------------


def desk_rows(lines: Sequence[DeskLine], day: date, overdue_days: int, *, whole: bool = False) -> list[Row]:
    """Lines with the names and phone of the people and the team; one look-up each, whatever their number."""
    members = Coverage.objects.select_related("resident").order_by("-resident__is_head", "pk")
    contracts = Contract.objects.select_related("team", "representative").prefetch_related(
        Prefetch("coverages", members)
    )
    found = contracts.in_bulk([line.contract_id for line in lines])
    rows = []
    for line in lines:
        contract = found[line.contract_id]
        people = [coverage.resident for coverage in contract.coverages.all()]
        called = contract.representative or (people[0] if people else None)
        days = (day - line.since).days if line.since and line.open else 0
        rows.append(
            {
                "line": line,
                "url": reverse("contracts:contract_detail", args=[contract.pk]) + "#fees",
                "names": _(", ").join(person.name for person in people),
                "team": contract.team.name,
                "phone": phone_text(called, whole=whole) if called else "",
                "days": days,
                "is_overdue": days >= overdue_days,
            }
        )
    return rows


# --- The statement --------------------------------------------------------------------------------------------------


# The sums of a line: what each is called, and where the line has it.
SUMS = (
    (gettext_lazy("Opening balance"), "opening"),
    (gettext_lazy("Fee due"), "due"),
    (gettext_lazy("Received"), "received"),
    (gettext_lazy("Waived"), "waived"),
    (gettext_lazy("Money given back"), "refunded"),
    (gettext_lazy("Carried over"), "carried"),
    (gettext_lazy("Closing balance"), "closing"),
)
_CELL, _PLAIN, _BOLD = '<td class="number" data-label="{}">{}</td>', "{:,.2f}", "<strong>{:,.2f}</strong>"


def sum_cells(lines: Iterable[Line]) -> list[SafeString]:
    """Of each line its sums as cells of a table, drawn here since a page of people has five hundred."""
    forms = [(_CELL.format(escape(str(label)), _BOLD if name == "closing" else _PLAIN), name) for label, name in SUMS]
    return [SafeString("".join([form.format(getattr(line, name)) for form, name in forms])) for line in lines]


def statement_rows(lines: Sequence[Line], by: Grouping, query: Mapping[str, str], *, with_people: bool) -> list[Row]:
    """Dicts line, label, url: what a line is called, and what opens it, a narrower statement or the contract."""
    if by is Grouping.COVERAGE:
        return _people_rows(lines)
    called = _labels(lines, by)
    return [
        {"line": line, "label": called[line.key], "url": _narrower(line, by, query) if with_people else ""}
        for line in lines
    ]


def _people_rows(lines: Sequence[Line]) -> list[Row]:
    told = Coverage.objects.filter(pk__in={int(line.key[0]) for line in lines}).values_list(
        "pk", "resident__name", "contract__number", "contract"
    )
    coverages = {key: rest for key, *rest in told}
    payers = {payer.value: str(payer.label) for payer in Payer}
    rows = []
    for line in lines:
        name, number, contract = coverages[int(line.key[0])]
        url = reverse("contracts:contract_detail", args=[contract]) + "#fees"
        rows.append({"line": line, "label": f"{name} · {number} · {payers[line.key[1]]}", "url": url})
    return rows


def _labels(lines: Sequence[Line], by: Grouping) -> dict[Any, str]:
    if by is Grouping.PAYER:
        return {value: str(label) for value, label in Payer.choices}
    if by is Grouping.MONTH:
        return {line.key: month_words(line.key) for line in lines}
    model = Institution if by is Grouping.INSTITUTION else Team
    rows = model._default_manager.filter(pk__in=[line.key for line in lines])
    return dict(rows.values_list("pk", "name"))


# What a line opens, by what it stands for: the field it fills, and what stands for a line there.
NARROWER = {
    Grouping.INSTITUTION: ("institution", Grouping.TEAM),
    Grouping.TEAM: ("team", Grouping.COVERAGE),
    Grouping.PAYER: ("payer", Grouping.TEAM),
}


def _narrower(line: Line, by: Grouping, query: Mapping[str, str]) -> str:
    if by is Grouping.MONTH:
        ends = {"first": line.key, "last": add_months(line.key, 1) - ONE_DAY, "by": Grouping.TEAM.value}
    else:
        field, narrower = NARROWER[by]
        ends = {field: line.key, "by": narrower.value}
    return f"{reverse('contracts:fee_statement')}?{urlencode({**query, **ends})}"
