"""Money: the bureau allocates, an institution and a doctor see their own approved lines."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from django.utils import timezone

from assessments.models import Fund, FundVersion, Line, Round, Run
from teams.models import User
from tests.accounts import Place

TABLE = """
# name                          object   an  cl  fo  do  of  ad  au     an  cl  fo  do  of  ad  au
assessments:money_home          -        in  200 200 200 200 200 200    in  405 405 405 405 405 405
assessments:fund_create         -        in  403 403 403 200 403 403    in  403 403 403 200 403 403
assessments:fund_detail         -        in  200 200 200 200 200 200    in  405 405 405 405 405 405
assessments:fund_draft          -        in  405 405 405 405 405 405    in  403 403 403 302 403 403
assessments:fund_edit           -        in  403 403 403 302 403 403    in  403 403 403 302 403 403
assessments:fund_publish        -        in  405 405 405 405 405 405    in  403 403 403 302 403 403
assessments:fund_drop           -        in  405 405 405 405 405 405    in  403 403 403 302 403 403
assessments:run_begin           -        in  405 405 405 405 405 405    in  403 403 403 200 403 403
assessments:run_detail          -        in  200 200 200 200 200 200    in  405 405 405 405 405 405
assessments:run_compare         -        in  403 403 403 200 403 403    in  405 405 405 405 405 405
assessments:run_simulate        -        in  405 405 405 405 405 405    in  403 403 403 302 403 403
assessments:run_drop            -        in  405 405 405 405 405 405    in  403 403 403 302 403 403
assessments:run_submit          -        in  405 405 405 405 405 405    in  403 403 403 302 403 403
assessments:run_review          -        in  405 405 405 405 405 405    in  403 403 403 302 403 403
assessments:run_pay             -        in  405 405 405 405 405 405    in  403 403 403 302 403 403
assessments:repayment_create    -        in  405 405 405 405 405 405    in  403 403 403 200 403 403
assessments:payment_file        -        in  403 403 403 200 403 403    in  405 405 405 405 405 405
assessments:statement           own      in  200 404 200 200 200 200    in  405 405 405 405 405 405
assessments:statement           other    in  404 200 404 200 200 200    in  405 405 405 405 405 405
assessments:statement_file      own      in  200 404 200 200 200 200    in  405 405 405 405 405 405
assessments:statement_file      other    in  404 200 404 200 200 200    in  405 405 405 405 405 405
assessments:statement_people    own      in  200 404 200 200 200 403    in  405 405 405 405 405 405
assessments:statement_people    other    in  404 200 404 200 200 403    in  405 405 405 405 405 405
assessments:transfer_list       -        in  404 404 404 200 200 200    in  405 405 405 405 405 405
assessments:transfer_create     -        in  405 405 405 405 405 405    in  403 403 403 200 403 403
assessments:health_fund_set     -        in  405 405 405 405 405 405    in  403 403 403 302 403 403
"""

Address = tuple[Mapping[str, object], Mapping[str, object]]


def _first(model: type) -> Callable[[Place | None], Address]:
    return lambda place: ({"pk": model.objects.values_list("pk", flat=True).first() or 10**9}, {})


def _payments(place: Place | None) -> Address:
    return {"pk": Round.objects.values_list("pk", flat=True).first() or 10**9, "format": "csv"}, {}


def _line(place: Place | None) -> Address:
    line = Line.objects.filter(team=place.team.pk).first() if place else None
    return {"pk": line.pk if line else 10**9}, {"month": "2018-01"}


ADDRESSES: Mapping[str, Callable[[Place | None], Address]] = {
    **{f"assessments:fund_{step}": _first(Fund) for step in ("detail", "draft")},
    **{f"assessments:fund_{step}": _first(FundVersion) for step in ("edit", "publish", "drop")},
    "assessments:run_begin": _first(Fund),
    **{f"assessments:run_{step}": _first(Run) for step in ("detail", "compare", "simulate", "drop")},
    **{f"assessments:run_{step}": _first(Round) for step in ("submit", "review", "pay")},
    "assessments:repayment_create": _first(Round),
    "assessments:payment_file": _payments,
    **{f"assessments:statement{part}": _line for part in ("", "_file", "_people")},
}


def furnish(place: Place, users: Mapping[str, User]) -> None:
    """An approved settlement with a line for the place's team; both places' lines in one round."""
    fund, is_new = Fund.objects.get_or_create(code="F", defaults={"name": "签约服务补助"})
    if is_new:
        version = fund.versions.create(number=1)
        version.payers.create(payer="finance", amount=Decimal("1.00"))
        FundVersion.objects.filter(pk=version.pk).update(status="published")
    run, _new = Run.objects.get_or_create(
        fund=fund,
        version=fund.versions.get(),
        from_month=date(2018, 1, 1),
        to_month=date(2018, 1, 1),
    )
    inputs = {"months": [{"month": "2018-01", "revision": 1, "id": 0, "sha256": ""}]}
    row, _new = Round.objects.get_or_create(run=run, stage="settlement", defaults={"inputs": inputs})
    Round.objects.filter(pk=row.pk).update(state="simulated", submitted_at=None, approved_at=None)
    Line.objects.create(
        round=row, institution=place.centre, team=place.team, code=place.team.code, inputs={"months": {"2018-01": 1}}
    )
    if Line.objects.filter(round=row).count() == 2:
        now = timezone.now()
        Round.objects.filter(pk=row.pk).update(state="approved", submitted_at=now, approved_at=now)
