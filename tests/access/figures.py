"""The figures of a month: of the bureau, a centre, a team, and the people behind them."""

from collections.abc import Mapping

from tests.access import about
from tests.accounts import Place

TABLE = """
# name                          object  an  cl  fo  do  of  ad  au    an  cl  fo  do  of  ad  au
assessments:overview            -       in  200 200 200 200 200 200    in  405 405 405 405 405 405
assessments:overview            own     in  200 404 404 200 200 200    in  405 405 405 405 405 405
assessments:overview            other   in  404 200 404 200 200 200    in  405 405 405 405 405 405
assessments:figure              -       in  200 200 200 200 200 200    in  405 405 405 405 405 405
assessments:figure              own     in  200 404 200 200 200 200    in  405 405 405 405 405 405
assessments:figure              other   in  404 200 404 200 200 200    in  405 405 405 405 405 405
assessments:people              -       in  200 200 200 200 200 403    in  405 405 405 405 405 405
assessments:people              own     in  200 404 200 200 200 403    in  405 405 405 405 405 405
assessments:people              other   in  404 200 404 200 200 403    in  405 405 405 405 405 405
assessments:ages                -       in  200 200 200 200 200 200    in  405 405 405 405 405 405
assessments:ages                own     in  200 404 200 200 200 200    in  405 405 405 405 405 405
assessments:ages                other   in  404 200 404 200 200 200    in  405 405 405 405 405 405
assessments:evidence            own     in  200 404 200 200 200 403    in  405 405 405 405 405 405
assessments:evidence            other   in  404 200 404 200 200 403    in  405 405 405 405 405 405
assessments:cohorts             -       in  200 200 200 200 200 200    in  405 405 405 405 405 405
assessments:cohorts             own     in  200 404 200 200 200 200    in  405 405 405 405 405 405
assessments:cohorts             other   in  404 200 404 200 200 200    in  405 405 405 405 405 405
assessments:cohort_people       -       in  404 404 404 404 404 403    in  405 405 405 405 405 405
assessments:cohort_count        -       in  405 405 405 405 405 405    in  403 403 403 302 302 302
assessments:cohort_file         own     in  200 404 200 200 200 200    in  405 405 405 405 405 405
assessments:cohort_file         other   in  404 200 404 200 200 200    in  405 405 405 405 405 405
assessments:kpis                -       in  200 200 200 200 200 200    in  405 405 405 405 405 405
assessments:kpis                own     in  200 404 404 200 200 200    in  405 405 405 405 405 405
assessments:kpis                other   in  404 200 404 200 200 200    in  405 405 405 405 405 405
assessments:indicator_list_api  -       401 200 200 200 200 200 200    401 405 405 405 405 405 405
assessments:figure_list_api     -       401 200 200 200 200 200 200    401 405 405 405 405 405 405
assessments:figure_list_api     own     401 200 404 200 200 200 200    401 405 405 405 405 405 405
assessments:schema_api          -       401 200 200 200 200 200 200    401 405 405 405 405 405 405
assessments:api_guide           -       in  200 200 200 200 200 200    in  405 405 405 405 405 405
assessments:figure_list_api     other   401 404 200 404 200 200 200    401 405 405 405 405 405 405
assessments:return              -       in  200 200 404 200 200 200    in  405 405 405 405 405 405
assessments:return              own     in  200 404 404 200 200 200    in  405 405 405 405 405 405
assessments:return              other   in  404 200 404 200 200 200    in  405 405 405 405 405 405
assessments:return_file         -       in  200 200 404 200 200 200    in  405 405 405 405 405 405
assessments:return_file         own     in  200 404 404 200 200 200    in  405 405 405 405 405 405
assessments:return_file         other   in  404 200 404 200 200 200    in  405 405 405 405 405 405
assessments:fulfilment          -       in  200 200 200 200 200 200    in  405 405 405 405 405 405
assessments:fulfilment          own     in  200 404 200 200 200 200    in  405 405 405 405 405 405
assessments:fulfilment          other   in  404 200 404 200 200 200    in  405 405 405 405 405 405
assessments:fulfilment_file     -       in  200 200 200 200 200 200    in  405 405 405 405 405 405
assessments:forecast            -       in  200 200 200 200 200 200    in  405 405 405 405 405 405
assessments:forecast            own     in  200 404 200 200 200 200    in  405 405 405 405 405 405
assessments:forecast            other   in  404 200 404 200 200 200    in  405 405 405 405 405 405
"""


def _indicator(place: Place | None) -> tuple[Mapping[str, object], Mapping[str, object]]:
    """The coverage of the place's team."""
    return {"indicator": "coverage"}, {"team": place.team.code} if place else {}


def _evidence(place: Place) -> tuple[Mapping[str, object], Mapping[str, object]]:
    """Of the place's resident."""
    return {"indicator": "coverage", "pk": place.resident.pk}, {"team": place.team.code}


ADDRESSES = {
    **{f"assessments:{page}": about("centre", "unit") for page in ("overview", "kpis", "return", "return_file")},
    **{
        f"assessments:{page}": about("team")
        for page in ("cohorts", "cohort_file", "figure_list_api", "fulfilment", "forecast")
    },
    **{f"assessments:{page}": _indicator for page in ("figure", "people", "ages")},
    "assessments:evidence": _evidence,
}
