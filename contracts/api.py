"""What a contract gives at a hospital's till, for its cashier's system: one question, one answer, each recorded."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from contracts.queries.privileges import privileges
from residents.identity import IdentityError, IdNumber, parse_id_number
from teams.actions import audit
from teams.clock import today
from teams.models import AuditEvent, User
from teams.permissions import Permission, has_permission


class ReadsPrivileges(BasePermission):
    """Accounts with the right to ask what a contract gives."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return has_permission(request.user, Permission.PRIVILEGE_READ)


class PrivilegeApi(APIView):
    """Whether somebody's contract is in force on a day, with which team, and what it gives at the till.

    Asked by POST, so that the ID number stands in no address and in no log.
    """

    permission_classes = (ReadsPrivileges,)

    class InputSerializer(serializers.Serializer):
        id_number = serializers.CharField(max_length=40, help_text="18 characters, or 15 of before 1999")
        on = serializers.DateField(required=False, help_text="default: today")

        def validate_id_number(self, text: str) -> IdNumber:
            try:
                return parse_id_number(text, today=today())
            except IdentityError as error:
                raise serializers.ValidationError(str(error.message), code=error.code) from None

    class OutputSerializer(serializers.Serializer):
        in_force = serializers.BooleanField()
        team_code = serializers.CharField(source="team.code", default="")
        team_name = serializers.CharField(source="team.name", default="")
        institution = serializers.CharField(source="team.institution.name", default="")
        until = serializers.DateField(allow_null=True, help_text="the last day in force")
        is_referred = serializers.BooleanField(help_text="a team sent them up to this hospital within 90 days")
        registration_fee_waived = serializers.BooleanField()
        test_points = serializers.IntegerField(help_text="percentage points off referred tests")
        prescription_weeks = serializers.IntegerField(help_text="longest prescription; 0: no long prescription")

    @extend_schema(request=InputSerializer, responses=OutputSerializer)
    def post(self, request: Request) -> Response:
        assert isinstance(request.user, User)  # ReadsPrivileges lets nobody else in
        asked = self.InputSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        day = asked.validated_data.get("on") or today()
        found = privileges(asked.validated_data["id_number"], day, user=request.user)
        what = f"resident {found.resident_id} on {day}" if found.resident_id else f"nobody known, {day}"
        audit.record(kind=AuditEvent.Kind.PRIVILEGE, by=request.user, what=what)
        return Response({"on": day, **self._shown(found)})

    def _shown(self, found: Any) -> dict[str, Any]:
        return dict(self.OutputSerializer(found).data)
