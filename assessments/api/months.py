"""Months and the targets of years."""

from typing import Any, ClassVar

from django.db.models import Max
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.api.base import Pages, ReadsFigures, account, unless_same
from assessments.models import Month, Target
from teams.models import Institution


class MonthSerializer(serializers.ModelSerializer):
    """A month with figures: of which day, computed when, frozen by whom, and the hash of its rows."""

    month = serializers.CharField(source="__str__", help_text=_("like 2018-10"))
    as_of = serializers.DateField(source="current.as_of", help_text=_("the report date"))
    provisional = serializers.BooleanField(
        source="current.is_provisional", help_text=_("whether the month is still running")
    )
    revision = serializers.IntegerField(
        source="current.number", help_text=_("which computation of the month, from 1 on")
    )
    definitions = serializers.CharField(source="current.definitions", help_text=_("version of the definitions"))
    computed_at = serializers.DateTimeField(source="current.finished_at", help_text=_("when it was computed"))
    frozen_at = serializers.DateTimeField(
        source="current.frozen_at", allow_null=True, help_text=_("when the month was closed")
    )
    frozen_by = serializers.CharField(source="current.frozen_by", help_text=_("who closed the month; empty: nobody"))
    sha256 = serializers.CharField(
        source="current.sha256", help_text=_("hash of the closed month's rows; empty while it is open")
    )

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
        slug_field="code",
        read_only=True,
        allow_null=True,
        help_text=_("code of the institution; null: not for one alone"),
    )
    rate = serializers.DecimalField(
        5, 2, allow_null=True, help_text=_("per cent to reach; null where a head count is to be reached")
    )
    count = serializers.IntegerField(
        allow_null=True, help_text=_("people to reach; null where a rate is to be reached")
    )

    class Meta:
        model = Target
        fields = ("indicator", "category", "year", "scope", "institution", "rate", "count")
        extra_kwargs: ClassVar[dict[str, dict[str, Any]]] = {
            "indicator": {"help_text": _("code of the indicator")},
            "category": {"help_text": _("code of the key population; all: everyone, key: any of them")},
            "year": {"help_text": _("the year in which it is to be reached")},
            "scope": {"help_text": _("all: everywhere; urban or rural institutions; institution: one of them")},
        }


@extend_schema(
    summary=_("Months"),
    description=_("The months that have figures, the latest first."),
    examples=[
        OpenApiExample(
            "months",
            {
                "month": "2018-10",
                "as_of": "2018-10-31",
                "provisional": False,
                "revision": 2,
                "definitions": "1",
                "computed_at": "2018-11-01T01:00:12+08:00",
                "frozen_at": "2018-11-05T09:30:00+08:00",
                "frozen_by": "official",
                "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            },
            response_only=True,
        )
    ],
)
class MonthListApi(ListAPIView):
    """The months that have figures, the latest first."""

    permission_classes = (ReadsFigures,)
    pagination_class = Pages
    serializer_class = MonthSerializer
    queryset = Month.objects.exclude(current=None).select_related("current").order_by("-first_on")

    def list(self, request: Request, *args: object, **kwargs: object) -> Response:
        state = self.get_queryset().aggregate(last=Max("current__pk"), frozen=Max("current__frozen_at"))
        return unless_same(request, f"months {state}", lambda: super(MonthListApi, self).list(request).data)


@extend_schema(
    summary=_("Targets"),
    description=_("What is to be reached in a year: the district's targets, and those of institutions that are seen."),
    parameters=[
        OpenApiParameter("year", int, description=_("only this year")),
        OpenApiParameter("indicator", str, description=_("only this one, by its code")),
    ],
    examples=[
        OpenApiExample(
            "targets",
            {
                "indicator": "coverage",
                "category": "key",
                "year": 2018,
                "scope": "all",
                "institution": None,
                "rate": "60.00",
                "count": None,
            },
            response_only=True,
        )
    ],
)
class TargetListApi(ListAPIView):
    """The targets: the district's, and those of institutions that the account sees."""

    permission_classes = (ReadsFigures,)
    pagination_class = Pages
    serializer_class = TargetSerializer
    queryset = Target.objects.select_related("institution")

    def list(self, request: Request, *args: object, **kwargs: object) -> Response:
        rows = self.filter_queryset(self.get_queryset())
        state = list(rows.values_list(*TargetSerializer.Meta.fields))
        return unless_same(request, f"targets {state}", lambda: super(TargetListApi, self).list(request).data)

    def filter_queryset(self, queryset):  # type: ignore[no-untyped-def]
        """By year and indicator; a year that is no number has no targets."""
        seen = Institution.objects.visible_to(account(self.request))
        rows = queryset.filter(institution=None) | queryset.filter(institution__in=seen)
        if year := self.request.query_params.get("year"):
            rows = rows.filter(year=int(year)) if year.isascii() and year.isdigit() and len(year) < 5 else rows.none()
        if indicator := self.request.query_params.get("indicator"):
            rows = rows.filter(indicator=indicator)
        return rows.order_by("-year", "indicator", "category", "scope", "institution__code")
