"""How other programs sign in: `Authorization: Bearer KEY`."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from teams.actions.tokens import account_of
from teams.models import User

SCHEME = "Bearer"


class KeyAuthentication(BaseAuthentication):
    """The account of an API key; requests without the header are left to the session."""

    def authenticate(self, request: Request) -> tuple[User, str] | None:
        scheme, _space, key = request.headers.get("Authorization", "").partition(" ")
        if scheme != SCHEME:
            return None
        user = account_of(key.strip())
        if user is None:
            raise AuthenticationFailed
        return user, "key"

    def authenticate_header(self, request: Request) -> str:
        return SCHEME


class KeyScheme(OpenApiAuthenticationExtension):
    """How the API's description names the key."""

    target_class = KeyAuthentication
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}
