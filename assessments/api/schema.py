"""The API's description for programs."""

from typing import Any

from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.api.base import ReadsFigures, unless_same
from assessments.presenters.api import description


class SchemaApi(SpectacularAPIView):
    """OpenAPI, as YAML or with `format=json`, in the language of the request."""

    permission_classes = (ReadsFigures,)

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        told = description()
        return unless_same(request, f"{request.accepted_renderer.format} {told}", lambda: told)
