"""What lines of the audit trail about lists of people, papers and fees say."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts.queries.contracts import ContractFilter
from contracts.queries.people import PeopleFilter
from contracts.queries.unserved import UnservedFilter
from teams.trail import Phrase, Words


def _labels(filters: type) -> Words:
    """Filters by the names that their list gives them."""
    known = filters.base_filters  # type: ignore[attr-defined]
    return lambda names: gettext(", ").join(str(known[name].label) for name in names.split())


PHRASES = (
    Phrase("residents page {page}", _("residents, page {page}")),
    Phrase("residents page {page} {*by}", _("residents, page {page}, by: {by}"), {"by": _labels(PeopleFilter)}),
    Phrase("contracts page {page}", _("contracts, page {page}")),
    Phrase("contracts page {page} {*by}", _("contracts, page {page}, by: {by}"), {"by": _labels(ContractFilter)}),
    Phrase("unserved page {page}", _("signed but not served, page {page}")),
    Phrase(
        "unserved page {page} {*by}",
        _("signed but not served, page {page}, by: {by}"),
        {"by": _labels(UnservedFilter)},
    ),
    Phrase("fees page {page}", _("open fees, page {page}")),
    Phrase("payment page {page}", _("payment, page {page}")),
    Phrase("fee statement", _("statement of fees")),
    Phrase("fee statement by person", _("statement of fees, by person")),
    Phrase("agreement of contract {id}", _("agreement of contract {id}")),
    Phrase("handbook of contract {id}", _("handbook of contract {id}")),
    Phrase("signature of contract {id}", _("signature of contract {id}")),
    Phrase("receipt of contract {id}", _("receipt of contract {id}")),
    Phrase("agreement of draft {id}", _("agreement of draft {id}")),
    Phrase("resident {id} on {day}", _("resident {id}, as of {day}")),
    Phrase("nobody known, {day}", _("nobody known, as of {day}")),
)
