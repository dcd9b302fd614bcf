"""Figures for other programs, read-only and scoped like the pages."""

from django.http import Http404
from rest_framework import serializers
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from assessments.indicators import BY_CODE, INDICATORS
from assessments.models import Figure
from assessments.queries.units import select
from assessments.rates import rate
from teams.models import User
from teams.permissions import Permission, has_permission


class ReadsFigures(BasePermission):
    """Accounts with the right to read figures."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return has_permission(request.user, Permission.FIGURE_READ)


class IndicatorListApi(APIView):
    """The definitions: what each figure counts, in the language of the request."""

    permission_classes = (ReadsFigures,)

    class OutputSerializer(serializers.Serializer):
        code = serializers.CharField()
        name = serializers.CharField()
        unit = serializers.CharField()
        higher_is_better = serializers.BooleanField()
        numerator = serializers.CharField(source="numerator_words")
        denominator = serializers.CharField(source="denominator_words")
        why = serializers.CharField()
        # `source` is DRF's own word: the origin of the rule gets its method.
        origin = serializers.SerializerMethodField()

        def get_origin(self, indicator: object) -> str:
            return getattr(indicator, "source", "")

    def get(self, request: Request) -> Response:
        return Response(self.OutputSerializer(INDICATORS, many=True).data)


class FigureListApi(APIView):
    """Every figure of one unit in one month: `?month=2018-11&unit=CODE` or `&team=CODE`; defaults as on the pages."""

    permission_classes = (ReadsFigures,)

    class OutputSerializer(serializers.Serializer):
        indicator = serializers.CharField()
        category = serializers.CharField()
        numerator = serializers.IntegerField()
        denominator = serializers.IntegerField()
        rate = serializers.SerializerMethodField()

        def get_rate(self, figure: Figure) -> str | None:
            value = rate(figure.numerator, figure.denominator, BY_CODE[figure.indicator].unit)
            return None if value is None else str(value)

    def get(self, request: Request) -> Response:
        assert isinstance(request.user, User)  # ReadsFigures lets nobody else in
        selection = select(request.user, request.query_params)
        revision = selection.revision
        if revision is None:
            raise Http404
        institution, team = selection.unit.key
        figures = Figure.objects.filter(revision=revision, institution=institution, team_key=team)
        return Response(
            {
                "month": str(selection.calendar),
                "as_of": revision.as_of,
                "provisional": revision.is_provisional,
                "frozen": revision.frozen_at is not None,
                "revision": revision.number,
                "definitions": revision.definitions,
                **selection.unit.query,
                "figures": self.OutputSerializer(figures.order_by("indicator", "category"), many=True).data,
            }
        )
