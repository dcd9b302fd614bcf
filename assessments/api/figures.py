"""Figures of a unit and month, or of the units below it, with what they are counted by."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from assessments.api.base import Pages, ReadsFigures, account, unless_same
from assessments.definitions import VERSIONS
from assessments.indicators import BY_CODE, INDICATORS, Indicator
from assessments.models import Figure
from assessments.queries.units import Selection, select
from teams.rates import rate

MONTH = OpenApiParameter("month", str, description=_("like 2018-10; the latest computed one when empty"))
UNIT = OpenApiParameter("unit", str, description=_("code of an institution; the account's own when empty"))
TEAM = OpenApiParameter("team", str, description=_("code of a team, instead of a unit"))
COVERAGE = BY_CODE["coverage"]
FIGURE = {
    "unit": "341204103",
    "team": "",
    "indicator": "coverage",
    "category": "hypertension",
    "numerator": 8163,
    "denominator": 10204,
    "rate": "80.00",
}


class IndicatorSerializer(serializers.Serializer):
    """What an indicator counts, in the language of the request."""

    code = serializers.CharField(help_text=_("code of the indicator"))
    name = serializers.CharField(help_text=_("its name"))
    unit = serializers.CharField(help_text=_("percent, or yuan"))
    higher_is_better = serializers.BooleanField(help_text=_("false where less is better"))
    numerator = serializers.CharField(source="numerator_words", help_text=_("what the numerator counts"))
    denominator = serializers.CharField(source="denominator_words", help_text=_("what the denominator counts"))
    why = serializers.CharField(help_text=_("why it is looked at"))
    # `source` is DRF's own word: the origin of the rule gets its method.
    origin = serializers.SerializerMethodField(help_text=_("the rule that it comes from"))

    def get_origin(self, indicator: Indicator) -> str:
        return indicator.source


class FigureSerializer(serializers.Serializer):
    """Two whole numbers, and the rate in per cent (a cost in yuan) with two places; null for no figure."""

    unit = serializers.CharField(source="institution.code", help_text=_("code of the institution"))
    team = serializers.SerializerMethodField(help_text=_("code of the team, empty for an institution's figure"))
    indicator = serializers.CharField(help_text=_("code of the indicator"))
    category = serializers.CharField(help_text=_("code of the key population; all: everyone, key: any of them"))
    numerator = serializers.IntegerField(help_text=_("what the indicator counts"))
    denominator = serializers.IntegerField(help_text=_("of how many; for a cost, visits"))
    rate = serializers.SerializerMethodField(
        help_text=_("in per cent, a cost in yuan, with two places; null where there is no figure")
    )

    def get_team(self, figure: Figure) -> str:
        return figure.team.code if figure.team else ""

    def get_rate(self, figure: Figure) -> str | None:
        value = rate(figure.numerator, figure.denominator, BY_CODE[figure.indicator].unit)
        return None if value is None else str(value)


class FigurePageSerializer(serializers.Serializer):
    """A page of figures with the month that they are of."""

    month = serializers.CharField(help_text=_("like 2018-10"))
    as_of = serializers.DateField(help_text=_("the report date"))
    provisional = serializers.BooleanField(help_text=_("whether the month is still running"))
    frozen = serializers.BooleanField(help_text=_("whether the month is closed"))
    revision = serializers.IntegerField(help_text=_("which computation of the month, from 1 on"))
    definitions = serializers.CharField(help_text=_("version of the definitions"))
    count = serializers.IntegerField(help_text=_("rows on all pages"))
    next = serializers.URLField(allow_null=True, help_text=_("address of the next page"))
    previous = serializers.URLField(allow_null=True, help_text=_("address of the page before"))
    figures = FigureSerializer(many=True, help_text=_("the figures of this page"))


class IndicatorListApi(APIView):
    """The definitions: what each figure counts."""

    permission_classes = (ReadsFigures,)

    @extend_schema(
        summary=_("Definitions"),
        description=_("What each figure counts, in the language of the request."),
        responses=IndicatorSerializer(many=True),
        examples=[
            OpenApiExample(
                "indicators",
                {
                    "code": COVERAGE.code,
                    "name": COVERAGE.name,
                    "unit": COVERAGE.unit,
                    "higher_is_better": COVERAGE.higher_is_better,
                    "numerator": COVERAGE.numerator_words,
                    "denominator": COVERAGE.denominator_words,
                    "why": COVERAGE.why,
                    "origin": COVERAGE.source,
                },
                response_only=True,
            )
        ],
    )
    def get(self, request: Request) -> Response:
        told = IndicatorSerializer(INDICATORS, many=True).data
        return unless_same(request, f"definitions {VERSIONS[-1][1]} {told}", lambda: told)


class FigureListApi(APIView):
    """The figures of one unit in one month; with `below=1` those of the institutions and teams right below it."""

    permission_classes = (ReadsFigures,)

    @extend_schema(
        summary=_("Figures"),
        description=_(
            "Every figure of an institution or a team in a month; with below=1 those of the institutions and teams"
            " right below it. 404 for a month that was never computed, and for a place that the account doesn't see."
        ),
        parameters=[
            MONTH,
            UNIT,
            TEAM,
            OpenApiParameter("below", bool, description=_("the units right below instead of the unit itself")),
            OpenApiParameter("indicator", str, description=_("only this one, by its code")),
            OpenApiParameter("category", str, description=_("only this key population, or all, or key")),
            OpenApiParameter("known", str, enum=["now"], description=_("frozen months as computed last")),
            OpenApiParameter("page", int, description=Pages.page_query_description),
            OpenApiParameter("page_size", int, description=Pages.page_size_query_description),
        ],
        responses=FigurePageSerializer,
        examples=[
            OpenApiExample(
                "figures",
                {
                    "month": "2018-10",
                    "as_of": "2018-10-31",
                    "provisional": False,
                    "frozen": True,
                    "revision": 2,
                    "definitions": "1",
                    "count": 1,
                    "next": None,
                    "previous": None,
                    "figures": [FIGURE],
                },
                response_only=True,
            )
        ],
    )
    def get(self, request: Request) -> Response:
        selection = select(account(request), request.query_params)
        if selection.revision is None:
            raise Http404
        # Whoever is moved to another place sees other figures of the same month.
        seen = (selection.unit.key, sorted(selection.tree.institutions))
        state = f"revision {selection.revision.pk} {selection.revision.frozen_at} {seen}"
        return unless_same(request, state, lambda: self._page(request, selection))

    def _page(self, request: Request, selection: Selection) -> dict[str, Any]:
        revision = selection.revision
        assert revision is not None
        pages: Pages = Pages()
        rows = pages.paginate_queryset(_figures(request, selection), request, view=self)
        return {
            "month": str(selection.calendar),
            "as_of": revision.as_of,
            "provisional": revision.is_provisional,
            "frozen": revision.frozen_at is not None,
            "revision": revision.number,
            "definitions": revision.definitions,
            "count": pages.page.paginator.count if pages.page else 0,
            "next": pages.get_next_link(),
            "previous": pages.get_previous_link(),
            "figures": FigureSerializer(rows, many=True).data,
        }


def _figures(request: Request, selection: Selection) -> QuerySet[Figure]:
    rows = Figure.objects.visible_to(selection.user).filter(revision=selection.revision)
    rows = rows.filter(_units(request, selection)).select_related("institution", "team")
    for name in ("indicator", "category"):
        if value := request.query_params.get(name):
            rows = rows.filter(**{name: value})
    return rows.order_by("institution__code", "team_key", "indicator", "category")


def _units(request: Request, selection: Selection) -> Q:
    institution, team = selection.unit.key
    if request.query_params.get("below") not in ("1", "true") or team:
        return Q(institution=institution, team_key=team)
    below = [row.pk for row in selection.tree.below.get(institution, [])]
    return Q(institution__in=below, team_key=0) | (Q(institution=institution) & ~Q(team_key=0))
