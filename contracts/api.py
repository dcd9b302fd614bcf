"""What a contract gives at a hospital's till, for its cashier's system: one question, one answer, each recorded."""

from datetime import date

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from contracts.queries.privileges import Privileges, privileges
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
        id_number = serializers.CharField(max_length=40, help_text=_("18 characters, or 15 of before 1999"))
        on = serializers.DateField(required=False, help_text=_("the day; today when empty"))

        def validate_id_number(self, text: str) -> IdNumber:
            try:
                return parse_id_number(text, today=today())
            except IdentityError as error:
                raise serializers.ValidationError(str(error.message), code=error.code) from None

    class OutputSerializer(serializers.Serializer):
        on = serializers.SerializerMethodField(help_text=_("the day of the answer"))
        in_force = serializers.BooleanField(help_text=_("whether a contract is in force on the day"))
        team_code = serializers.CharField(
            source="team.code", default="", help_text=_("code of the team signed with; empty: no contract")
        )
        team_name = serializers.CharField(source="team.name", default="", help_text=_("its name"))
        institution = serializers.CharField(
            source="team.institution.name", default="", help_text=_("name of the team's institution")
        )
        until = serializers.DateField(allow_null=True, help_text=_("the last day in force"))
        is_referred = serializers.BooleanField(
            help_text=_("whether a team sent them up to this hospital within 90 days")
        )
        registration_fee_waived = serializers.BooleanField(help_text=_("whether no registration fee is taken"))
        test_points = serializers.IntegerField(help_text=_("percentage points off referred tests"))
        prescription_weeks = serializers.IntegerField(
            help_text=_("weeks of the longest prescription; 0: no long prescription")
        )

        def get_on(self, found: Privileges) -> date:
            return self.context["on"]

    @extend_schema(
        summary=_("What a contract gives at the till"),
        description=_(
            "Whether somebody's contract is in force on a day, with which team, and what it gives: the registration"
            " fee, points off referred tests, long prescriptions. Sent by POST, so that the ID number stands in no"
            " address and in no log; each question is recorded. People unknown and people unsigned look the same."
            " For accounts of clerks."
        ),
        request=InputSerializer,
        responses=OutputSerializer,
        examples=[
            OpenApiExample("asked", {"id_number": "11010519491231002X", "on": "2018-10-31"}, request_only=True),
            OpenApiExample(
                "privileges",
                {
                    "on": "2018-10-31",
                    "in_force": True,
                    "team_code": "341204T003",
                    "team_name": "富民家庭医生团队",
                    "institution": "宁老庄镇中心卫生院",
                    "until": "2018-12-31",
                    "is_referred": True,
                    "registration_fee_waived": True,
                    "test_points": 5,
                    "prescription_weeks": 12,
                },
                response_only=True,
            ),
        ],
    )
    def post(self, request: Request) -> Response:
        assert isinstance(request.user, User)  # ReadsPrivileges lets nobody else in
        asked = self.InputSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        day = asked.validated_data.get("on") or today()
        found = privileges(asked.validated_data["id_number"], day, user=request.user)
        what = f"resident {found.resident_id} on {day}" if found.resident_id else f"nobody known, {day}"
        audit.record(kind=AuditEvent.Kind.PRIVILEGE, by=request.user, what=what)
        return Response(self.OutputSerializer(found, context={"on": day}).data)
