"""Forms sent: a double click or a replayed request finds what the first one made."""

from django.conf import settings
from django.db import models


class Submission(models.Model):
    """One sending of a form. `key` was made with the form; `location` is where the first sending led."""

    key = models.UUIDField(unique=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    location = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.key)
