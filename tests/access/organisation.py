"""Teams and institutions: members, villages served."""

from teams.models import TeamMember, TeamVillage
from tests.access import Address, at, first

TABLE = """
# name                   object  an  cl  fo  do  of  ad  au    an  cl  fo  do  of  ad  au
teams:team_list          -       in  200 200 200 200 200 200    in  405 405 405 405 405 405
contracts:team           own     in  200 404 200 200 200 200    in  405 405 405 405 405 405
contracts:team           other   in  404 200 404 200 200 200    in  405 405 405 405 405 405
contracts:institution    own     in  200 404 404 200 200 200    in  405 405 405 405 405 405
contracts:institution    other   in  404 200 404 200 200 200    in  405 405 405 405 405 405
contracts:institution_create - in  403 403 403 403 200 403    in  403 403 403 403 200 403
contracts:institution_edit own in  403 403 403 403 200 403    in  403 403 403 403 200 403
contracts:institution_move own in  403 403 403 403 200 403    in  403 403 403 403 200 403
contracts:team_create    -       in  403 403 403 403 200 403    in  403 403 403 403 200 403
contracts:team_rename    own     in  403 403 403 403 200 403    in  403 403 403 403 200 403
contracts:team_dissolve  own     in  403 403 403 403 200 403    in  403 403 403 403 200 403
contracts:member_add     own     in  403 403 403 403 200 403    in  403 403 403 403 200 403
contracts:member_end     own     in  403 403 403 403 200 403    in  403 403 403 403 200 403
contracts:member_lead    own     in  403 403 403 403 200 403    in  403 403 403 403 200 403
contracts:village_add    own     in  403 403 403 403 200 403    in  403 403 403 403 200 403
contracts:village_end    own     in  403 403 403 403 200 403    in  403 403 403 403 200 403
"""


def _in_team(model: type[TeamMember] | type[TeamVillage]) -> Address:
    """The page of the first row of the place's team."""
    return lambda place: ({"pk": first(model, team=place.team) if place else 0}, {})


ADDRESSES = {
    **{
        f"contracts:{page}": at("team")
        for page in ("team", "team_rename", "team_dissolve", "member_add", "village_add")
    },
    **{f"contracts:{page}": at("centre") for page in ("institution", "institution_edit", "institution_move")},
    **{f"contracts:member_{step}": _in_team(TeamMember) for step in ("end", "lead")},
    "contracts:village_end": _in_team(TeamVillage),
}
