"""Coverages with what pages tell of them, in one question."""

from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet

from contracts.models import Coverage, CoveragePackage, Suspension


def told(coverages: QuerySet[Coverage], day: date) -> QuerySet[Any]:
    """The coverages with `package_names`, and whether they are `suspended` on the day."""
    held = CoveragePackage.objects.filter(coverage=OuterRef("pk")).order_by("version__name")
    pauses = Suspension.objects.on(day).filter(coverage=OuterRef("pk"))
    return coverages.annotate(package_names=ArraySubquery(held.values("version__name")), suspended=Exists(pauses))
