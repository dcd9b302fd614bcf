"""A statement (结算单): one line of an allocation, each amount down to basis, coefficient and people."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from assessments.calendar import CalendarMonth
from assessments.models import FundVersion, Line, Round, Share
from assessments.presenters.money import line_name, period_label, plain, yuan_text
from assessments.queries.lines import owed_before
from service_packages.models import Payer

Step = tuple[str, str, str]


def statement_context(line: Line, shares: Sequence[Share], *, sees_people: bool) -> dict[str, Any]:
    """Context of assessments/statement.html; `line` has its round, run, fund, rule, team and institution loaded."""
    run = line.round.run
    labels = dict(Payer.choices)
    return {
        "line": line,
        "name": line_name(line),
        "period": period_label(run),
        "run_url": f"{reverse('assessments:run_detail', args=[run.pk])}?stage={line.round.stage}",
        "steps": steps(line),
        "months": _months(line, sees_people=sees_people),
        "payers": [(str(labels[payer]), yuan_text(Decimal(amount))) for payer, amount in line.by_payer.items()],
        "shares": [_share(share) for share in shares],
        "hospitals": [
            (part.hospital.name, part.patients, yuan_text(part.amount))
            for part in line.hospitals.select_related("hospital")
        ],
        "payable": yuan_text(line.payable),
        "is_debt": line.carried_on < 0 or (line.payable < 0 and line.still_owed > 0),
        "balance": _balance(line),
    }


def _balance(line: Line) -> str:
    """What becomes of money that was prepaid too much; empty when there is none."""
    if line.payable < 0 and not line.still_owed:
        return _("More was prepaid than it is entitled to: the difference was paid back.")
    if line.payable < 0:
        return _("More was prepaid than it is entitled to: the difference has to be paid back.")
    if line.still_owed:
        words = _("Some were prepaid more than they are entitled to: they have to pay back %(yuan)s yuan.")
        return words % {"yuan": yuan_text(line.still_owed)}
    if line.carried_on:
        words = _("%(yuan)s yuan too much were prepaid: nothing is paid now, and the next settlement deducts them.")
        return words % {"yuan": yuan_text(-line.carried_on)}
    if line.round.stage == Round.Stage.PREPAYMENT and (owed := owed_before(line)):
        words = _("It owes %(yuan)s yuan from the period before, which the settlement of this period deducts.")
        return words % {"yuan": yuan_text(-owed)}
    return ""


def steps(line: Line) -> list[Step]:
    """What, how, yuan (empty for basis and coefficient): from the basis to what is paid, and what was paid back."""
    row = line.round
    basis = _("%(how)s: %(value)s") % {"how": _basis(line), "value": plain(line.basis, grouped=True)}
    found = [(_("Basis"), basis, "")]
    if row.stage == Round.Stage.SETTLEMENT:
        found += _earned(line)
        found += _settled(line)
    else:
        found.append((_("Prepayment"), _of_pool(line, "basis"), yuan_text(line.entitled)))
    share = plain(row.run.version.staff_share)
    found.append(
        (
            _("For the staff"),
            _("%(share)s%% of everything paid, less what was prepaid") % {"share": share},
            yuan_text(line.staff_amount),
        )
    )
    if line.unshared:
        found.append(
            (
                _("Of it not shared out"),
                _("nobody in the team has work to be paid for, or the institution shares it out itself"),
                yuan_text(line.unshared),
            )
        )
    found.append((_("For the institution"), _("the rest"), yuan_text(line.unit_amount)))
    return found + _repaid(line)


def _repaid(line: Line) -> list[Step]:
    """What the payees have to pay back, each time some of it came in, and what is missing."""
    if not line.owed:
        return []
    found = [(_("To be paid back"), _("by those who had more than they are entitled to"), yuan_text(line.owed))]
    for row in line.repayments.all():
        found.append((_("Paid back"), f"{row.received_on:%Y-%m-%d} {row.note}".strip(), yuan_text(-row.amount)))
    return [*found, (_("Still owed"), _("to be paid back − paid back"), yuan_text(line.still_owed))]


def _basis(line: Line) -> str:
    words = _("covered person-months (%(months)s)") % {"months": f"{line.person_months:,}"}
    if line.round.stage == Round.Stage.PREPAYMENT:
        month = CalendarMonth.parse(line.round.inputs["months"][0]["month"]).label
        words = _("%(basis)s, expected by the people of %(month)s") % {"basis": words, "month": month}
    weighted = line.round.run.version.package_weights.exists()
    return _("%(basis)s × weight of the package") % {"basis": words} if weighted else words


def _of_pool(line: Line, by: str) -> str:
    lines = Line.objects.filter(round=line.round_id)
    everybody = lines.aggregate(sum=Sum("basis"))["sum"] or Decimal(0)
    return _("pool of %(pool)s × %(basis)s ÷ %(everybody)s (%(by)s of all)") % {
        "pool": yuan_text(line.round.pool),
        "basis": plain(line.basis, grouped=True),
        "everybody": plain(everybody, grouped=True),
        "by": _("basis"),
    }


def _earned(line: Line) -> list[Step]:
    version = line.round.run.version
    coefficient = _("%(how)s: %(value)s") % {"how": _coefficient(line), "value": plain(line.coefficient)}
    found = [(_("Quality coefficient"), coefficient, "")]
    found.append((_("At full quality"), _of_pool(line, "basis"), yuan_text(line.full)))
    if version.withheld == FundVersion.Withheld.SHARED:
        how = _("pool of %(pool)s by basis × coefficient") % {"pool": yuan_text(line.round.pool)}
    elif version.method == FundVersion.Method.RATE:
        how = _("%(rate)s yuan a person and year × %(basis)s ÷ 12 × %(coefficient)s") % {
            "rate": yuan_text(version.total),
            "basis": plain(line.basis, grouped=True),
            "coefficient": plain(line.coefficient),
        }
    else:
        how = _("at full quality × %(coefficient)s") % {"coefficient": plain(line.coefficient)}
    found.append((_("Earned"), how, yuan_text(line.earned)))
    if line.bonus:
        found.append(
            (_("Bonus"), _("from what quality withheld of others, by basis × coefficient"), yuan_text(line.bonus))
        )
    if version.is_capitation:
        found.append(
            (
                _("Visits"),
                _("%(share)s%% of what visits cost") % {"share": plain(version.cost_share)},
                yuan_text(line.spent),
            )
        )
        found.append((_("Paid on"), _("for patients referred"), yuan_text(line.passed_on)))
        found.append(
            (
                _("Surplus given back"),
                _("%(share)s%% of a surplus is kept") % {"share": plain(version.kept_share)},
                yuan_text(line.given_back),
            )
        )
    found.append((_("Entitled"), _("earned + bonus − surplus given back"), yuan_text(line.entitled)))
    return found


def _coefficient(line: Line) -> str:
    version = line.round.run.version
    if version.quality == FundVersion.Quality.NONE:
        return _("the rule has none")
    if line.score is None:
        return _("not assessed")
    words = _("score %(score)s, %(grade)s") % {"score": line.score, "grade": line.get_grade_display()}
    return f"{line.round.cycle} · {words}" if line.round.cycle else words


def _settled(line: Line) -> list[Step]:
    found = []
    if line.prepaid:
        found.append((_("Prepaid"), _("deducted"), yuan_text(-line.prepaid)))
    if line.carried:
        found.append((_("Owed from before"), _("owed from the period before"), yuan_text(line.carried)))
    if line.carried_on:
        found.append((_("Carried on"), _("deducted in the next period"), yuan_text(line.carried_on)))
    how = _("entitled − prepaid + carried over")
    if line.carried_on:
        how = _("entitled − prepaid + carried over − carried on")
    found.append((_("Payable") if line.payable >= 0 else _("To be paid back"), how, yuan_text(line.payable)))
    return found


def _months(line: Line, *, sees_people: bool) -> list[dict[str, Any]]:
    url = reverse("assessments:statement_people", args=[line.pk])
    return [
        {
            "month": CalendarMonth.parse(month).label,
            "people": f"{people:,}",
            "url": f"{url}?month={month}" if sees_people else "",
        }
        for month, people in line.inputs["months"].items()
    ]


def _share(share: Share) -> dict[str, Any]:
    return {
        "staff_no": share.staff.staff_no,
        "name": share.staff.name,
        "job": share.get_job_display(),
        "weight": plain(share.job_weight),
        "work": share.work,
        "total": yuan_text(share.total),
        "prepaid": yuan_text(share.prepaid),
        "amount": yuan_text(share.amount),
    }
