"""Pictures and papers that people send as proof, encrypted like other uploads."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

MEDIA_TYPES = ("image/png", "image/jpeg", "application/pdf")


class Upload(models.Model):
    """A file as it was sent. `content` is encrypted; `sha256` is that of the file in clear."""

    # What `teams.cipher` binds the content to.
    FIELD = "proof"

    content = models.BinaryField()
    media_type = models.CharField(max_length=20)
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        abstract = True
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(name="%(app_label)s_%(class)s_known_type", condition=Q(media_type__in=MEDIA_TYPES)),
        )

    def __str__(self) -> str:
        return f"{self.media_type} {self.sha256[:12]}"

    @property
    def is_picture(self) -> bool:
        """Whether a page can show it."""
        return self.media_type.startswith("image/")
