"""What lines of the audit trail about identities say."""

from django.utils.translation import gettext_lazy as _

from teams.trail import Phrase

_FIELDS = {"id_number": _("ID number"), "phone": _("Phone")}

PHRASES = (Phrase("resident {id} {field}", _("resident {id}: {field}"), {"field": _FIELDS.__getitem__}),)
