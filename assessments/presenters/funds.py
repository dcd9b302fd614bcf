"""A fund and its rule in words."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from assessments.models import Fund, FundVersion, Grade
from assessments.presenters.money import plain, yuan_text
from service_packages.models import Package
from teams.models import Staff


def fund_rows(funds: Iterable[Fund]) -> list[dict[str, Any]]:
    """Funds with their rule in use, in short."""
    rows = []
    for fund in funds:
        in_use = next((row for row in fund.versions.all() if row.status == FundVersion.Status.PUBLISHED), None)
        rows.append(
            {
                "name": fund.name,
                "url": reverse("assessments:fund_detail", args=[fund.pk]),
                "method": in_use.get_method_display() if in_use else _("no rule in use yet"),
                "payers": _payers_text(in_use) if in_use else "",
                "quality": in_use.get_quality_display() if in_use else "",
            }
        )
    return rows


def _payers_text(version: FundVersion) -> str:
    return " + ".join(f"{row.get_payer_display()} {yuan_text(row.amount)}" for row in version.payers.all())


def rule_facts(version: FundVersion) -> list[tuple[str, str]]:
    """A rule, line by line."""
    per = _("a person and year") if version.method == FundVersion.Method.RATE else _("for the period")
    facts = [
        (_("Payers"), f"{_payers_text(version)} = {yuan_text(version.total)} {_('yuan')} {per}"),
        (_("Goes to"), str(version.get_receiver_display())),
        (_("Basis"), _basis_text(version)),
        (_("Quality"), _quality_text(version)),
    ]
    if version.quality != FundVersion.Quality.NONE:
        facts.append((_("What quality withholds"), str(version.get_withheld_display())))
    facts += [
        (_("Prepaid share"), f"{plain(version.prepaid_share)}%"),
        (_("What was prepaid too much"), str(version.get_clawback_display())),
        (_("For the staff"), f"{plain(version.staff_share)}%"),
    ]
    if version.receiver == FundVersion.Receiver.TEAM:
        facts.append((_("Inside a team"), _inside_text(version)))
    if version.is_capitation:
        facts.append((_("Visits"), _capitation_text(version)))
    if version.paper:
        facts.append((_("Paper that it follows"), version.paper))
    return facts


def _basis_text(version: FundVersion) -> str:
    weights = [f"{_name(row.package)} {plain(row.weight)}" for row in version.package_weights.all()]
    if not weights:
        return _("covered person-months of frozen months")
    others = _("others %(weight)s") % {"weight": plain(version.other_weight)}
    return _("covered person-months of frozen months × weight of the package: %(weights)s") % {
        "weights": _(", ").join([*weights, others])
    }


def _name(package: Package) -> str:
    """What the latest version of a package is called."""
    return next(reversed([each.name for each in package.versions.all()]), package.code)


def _quality_text(version: FundVersion) -> str:
    if version.quality != FundVersion.Quality.GRADE:
        return str(version.get_quality_display())
    grades = zip(Grade, (version.excellent, version.good, version.passed, version.failed), strict=True)
    return " · ".join(
        [
            *(f"{grade.label} {plain(value)}" for grade, value in grades),
            f"{_('not assessed')} {plain(version.unassessed)}",
        ]
    )


def _inside_text(version: FundVersion) -> str:
    jobs = dict(Staff.Job.choices)
    weights = [f"{jobs[row.job]} {plain(row.weight)}" for row in version.job_weights.all()]
    weights.append(_("others %(weight)s") % {"weight": 1})
    return f"{version.get_work_display()} × {_('role')} ({', '.join(weights)})"


def _capitation_text(version: FundVersion) -> str:
    return _(
        "%(cost)s%% of visits borne, %(fee)s yuan paid on for each patient referred, %(kept)s%% of a surplus kept"
    ) % {
        "cost": plain(version.cost_share),
        "fee": plain(version.referral_fee),
        "kept": plain(version.kept_share),
    }
