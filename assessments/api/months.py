"""Months and the targets of years."""

from django.db.models import Max
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.api.base import Pages, ReadsFigures, account, unless_same
from assessments.models import Month, Target
from teams.models import Institution


class MonthSerializer(serializers.ModelSerializer):
    """A month with figures: of which day, computed when, frozen by whom, and the hash of its rows."""

    month = serializers.CharField(source="__str__")
    as_of = serializers.DateField(source="current.as_of")
    provisional = serializers.BooleanField(source="current.is_provisional")
    revision = serializers.IntegerField(source="current.number")
    definitions = serializers.CharField(source="current.definitions")
    computed_at = serializers.DateTimeField(source="current.finished_at")
    frozen_at = serializers.DateTimeField(source="current.frozen_at", allow_null=True)
    frozen_by = serializers.CharField(source="current.frozen_by")
    sha256 = serializers.CharField(source="current.sha256")

    class Meta:
        model = Month
        fields = (
            "month",
            "as_of",
            "provisional",
            "revision",
            "definitions",
            "computed_at",
            "frozen_at",
            "frozen_by",
            "sha256",
        )


class TargetSerializer(serializers.ModelSerializer):
    """A rate in per cent or a head count; `institution` is a code, for the scope of one institution."""

    institution: serializers.SlugRelatedField[Institution] = serializers.SlugRelatedField(
        slug_field="code", read_only=True
    )

    class Meta:
        model = Target
        fields = ("indicator", "category", "year", "scope", "institution", "rate", "count")


class MonthListApi(ListAPIView):
    """The months that have figures, the latest first."""

    permission_classes = (ReadsFigures,)
    pagination_class = Pages
    serializer_class = MonthSerializer
    queryset = Month.objects.exclude(current=None).select_related("current").order_by("-first_on")

    def list(self, request: Request, *args: object, **kwargs: object) -> Response:
        state = self.get_queryset().aggregate(last=Max("current__pk"), frozen=Max("current__frozen_at"))
        return unless_same(request, f"months {state}", lambda: super(MonthListApi, self).list(request).data)


@extend_schema(parameters=[OpenApiParameter("year", int), OpenApiParameter("indicator", str)])
class TargetListApi(ListAPIView):
    """The targets: the district's, and those of institutions that the account sees."""

    permission_classes = (ReadsFigures,)
    pagination_class = Pages
    serializer_class = TargetSerializer
    queryset = Target.objects.select_related("institution")

    def filter_queryset(self, queryset):  # type: ignore[no-untyped-def]
        """By year and indicator; a year that is no number has no targets."""
        seen = Institution.objects.visible_to(account(self.request))
        rows = queryset.filter(institution=None) | queryset.filter(institution__in=seen)
        if year := self.request.query_params.get("year"):
            rows = rows.filter(year=int(year)) if year.isascii() and year.isdigit() and len(year) < 5 else rows.none()
        if indicator := self.request.query_params.get("indicator"):
            rows = rows.filter(indicator=indicator)
        return rows.order_by("-year", "indicator", "category", "scope", "institution__code")
