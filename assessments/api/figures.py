"""Figures of a unit and month, or of the units below it, with what they are counted by."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from assessments.api.base import Pages, ReadsFigures, account, unless_same
from assessments.indicators import BY_CODE, INDICATORS, Indicator
from assessments.models import Figure
from assessments.queries.units import Selection, select
from teams.rates import rate

MONTH = OpenApiParameter("month", str, description="like 2018-10; the latest computed one when empty")
UNIT = OpenApiParameter("unit", str, description="code of an institution; the account's own when empty")
TEAM = OpenApiParameter("team", str, description="code of a team, instead of `unit`")


class IndicatorSerializer(serializers.Serializer):
    """What an indicator counts, in the language of the request."""

    code = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.CharField()
    higher_is_better = serializers.BooleanField()
    numerator = serializers.CharField(source="numerator_words")
    denominator = serializers.CharField(source="denominator_words")
    why = serializers.CharField()
    # `source` is DRF's own word: the origin of the rule gets its method.
    origin = serializers.SerializerMethodField()

    def get_origin(self, indicator: Indicator) -> str:
        return indicator.source


class FigureSerializer(serializers.Serializer):
    """Two whole numbers, and the rate in per cent (a cost in yuan) with two places; null for no figure."""

    unit = serializers.CharField(source="institution.code")
    team = serializers.SerializerMethodField()
    indicator = serializers.CharField()
    category = serializers.CharField()
    numerator = serializers.IntegerField()
    denominator = serializers.IntegerField()
    rate = serializers.SerializerMethodField()

    def get_team(self, figure: Figure) -> str:
        return figure.team.code if figure.team else ""

    def get_rate(self, figure: Figure) -> str | None:
        value = rate(figure.numerator, figure.denominator, BY_CODE[figure.indicator].unit)
        return None if value is None else str(value)


class FigurePageSerializer(serializers.Serializer):
    """A page of figures with the month that they are of."""

    month = serializers.CharField()
    as_of = serializers.DateField()
    provisional = serializers.BooleanField()
    frozen = serializers.BooleanField()
    revision = serializers.IntegerField()
    definitions = serializers.CharField()
    count = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    figures = FigureSerializer(many=True)


class IndicatorListApi(APIView):
    """The definitions: what each figure counts."""

    permission_classes = (ReadsFigures,)

    @extend_schema(responses=IndicatorSerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response(IndicatorSerializer(INDICATORS, many=True).data)


class FigureListApi(APIView):
    """The figures of one unit in one month; with `below=1` those of the institutions and teams right below it."""

    permission_classes = (ReadsFigures,)

    @extend_schema(
        parameters=[
            MONTH,
            UNIT,
            TEAM,
            OpenApiParameter("below", bool, description="the units right below instead of the unit itself"),
            OpenApiParameter("indicator", str, description="only this one"),
            OpenApiParameter("category", str, description="only this key population, or `all`, `key`"),
            OpenApiParameter("known", str, enum=["now"], description="frozen months as computed last"),
            OpenApiParameter("page", int),
            OpenApiParameter("page_size", int),
        ],
        responses=FigurePageSerializer,
    )
    def get(self, request: Request) -> Response:
        selection = select(account(request), request.query_params)
        if selection.revision is None:
            raise Http404
        return unless_same(request, f"revision {selection.revision.pk}", lambda: self._page(request, selection))

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
