"""The site itself: signing in and out, the health checks, accounts, tokens of other systems."""

from typing import TYPE_CHECKING

from teams.models import User
from tests.access import NOWHERE, first

if TYPE_CHECKING:
    from tests.accounts import Place

TABLE = """
# name              object  an  cl  fo  do  of  ad  au    an  cl  fo  do  of  ad  au
home                -       in  302 302 302 302 302 302    in  405 405 405 405 405 405
login               -       200 200 200 200 200 200 200    200 200 200 200 200 200 200
logout              -       in  405 405 405 405 405 405    in  302 302 302 302 302 302
password_change     -       in  200 200 200 200 200 200    in  200 200 200 200 200 200
set_language        -       302 302 302 302 302 302 302    302 302 302 302 302 302 302
admin_password      -       in  302 302 302 302 302 302    in  302 302 302 302 302 302
admin:index         -       in  403 403 403 403 200 403    in  403 403 403 403 200 403
teams:healthz       -       200 200 200 200 200 200 200    405 405 405 405 405 405 405
teams:readyz        -       200 200 200 200 200 200 200    405 405 405 405 405 405 405
teams:audit_list    -       in  403 403 403 403 200 200    in  405 405 405 405 405 405
teams:audit_file    -       in  403 403 403 403 200 200    in  405 405 405 405 405 405
teams:audit_verify  -       in  405 405 405 405 405 405    in  403 403 403 403 302 302
teams:account_list  -       in  403 403 403 403 200 403    in  405 405 405 405 405 405
teams:account_create -      in  403 403 403 403 200 403    in  403 403 403 403 200 403
teams:account_staff -       in  403 403 403 403 200 403    in  405 405 405 405 405 405
teams:account_detail own    in  403 403 403 403 200 403    in  403 403 403 403 200 403
teams:account_password own  in  405 405 405 405 405 405    in  403 403 403 403 302 403
teams:account_close own     in  405 405 405 405 405 405    in  403 403 403 403 302 403
teams:account_reopen own    in  405 405 405 405 405 405    in  403 403 403 403 302 403
teams:account_unlock own    in  405 405 405 405 405 405    in  403 403 403 403 302 403
teams:token_list    -       in  403 403 403 403 200 403    in  403 403 403 403 200 403
teams:token_revoke  -       in  405 405 405 405 405 405    in  403 403 403 403 404 403
"""


def _account(place: "Place | None") -> tuple[dict[str, object], dict[str, object]]:
    return {"pk": first(User, institution=place.centre) if place else NOWHERE}, {}


ADDRESSES = {
    "teams:token_revoke": lambda place: ({"pk": 0}, {}),
    **{f"teams:account_{page}": _account for page in ("detail", "password", "close", "reopen", "unlock")},
}
