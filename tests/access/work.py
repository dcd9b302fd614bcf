"""Today's work: what is due, recording services, obligations, problems of the data."""

from contracts.models import Obligation, Service
from tests.access import at, row_of

TABLE = """
# name                          object  an  cl  fo  do  of  ad  au    an  cl  fo  do  of  ad  au
contracts:due_list              -       in  200 200 200 403 403 403    in  405 405 405 405 405 405
contracts:unserved_list         -       in  200 200 200 200 200 403    in  405 405 405 405 405 405
contracts:due_returned          -       in  200 200 200 403 403 403    in  405 405 405 405 405 405
contracts:privilege_api         -       401 405 405 403 403 403 403    401 400 400 403 403 403 403
contracts:service_grid          -       in  200 200 200 403 403 403    in  200 200 200 403 403 403
contracts:service_event         -       in  200 200 200 403 403 403    in  200 200 200 403 403 403
contracts:service_record        own     in  200 404 200 403 403 403    in  200 404 200 403 403 403
contracts:service_record        other   in  404 200 404 403 403 403    in  404 200 404 403 403 403
contracts:attempt_create        own     in  200 404 200 403 403 403    in  200 404 200 403 403 403
contracts:attempt_create        other   in  404 200 404 403 403 403    in  404 200 404 403 403 403
contracts:service_edit          own     in  200 404 200 403 403 403    in  200 404 200 403 403 403
contracts:service_edit          other   in  404 200 404 403 403 403    in  404 200 404 403 403 403
contracts:service_delete        own     in  405 405 405 405 405 405    in  302 404 302 403 403 403
contracts:service_delete        other   in  405 405 405 405 405 405    in  404 302 404 403 403 403
contracts:obligation_waive      own     in  200 404 200 403 403 403    in  200 404 200 403 403 403
contracts:obligation_waive      other   in  404 200 404 403 403 403    in  404 200 404 403 403 403
contracts:obligation_take_back  own     in  405 405 405 405 405 405    in  302 404 302 403 403 403
contracts:obligation_take_back  other   in  405 405 405 405 405 405    in  404 302 404 403 403 403
contracts:today                 -       in  200 200 200 403 403 403    in  405 405 405 405 405 405
contracts:problem_list          -       in  200 200 200 200 200 403    in  405 405 405 405 405 405
contracts:problem_check         -       in  405 405 405 405 405 405    in  302 302 302 302 302 403
"""

ADDRESSES = {
    **{f"contracts:{page}": at("resident") for page in ("service_record", "attempt_create")},
    **{f"contracts:service_{step}": row_of(Service) for step in ("edit", "delete")},
    **{f"contracts:obligation_{step}": row_of(Obligation) for step in ("waive", "take_back")},
}
