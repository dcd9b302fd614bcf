"""What every page's frame shows: the entries that the account may open, and the business day of a demo."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context of `base.html`: `nav` entries (label, url, active) and `demo_today`."""
    return {"nav": [], "demo_today": settings.TODAY if settings.DEMO else None}
