"""Agreements as they were shown and signed: the document's bytes, and the signature or the paper's picture."""

from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contracts.models.agreements import Contract

if TYPE_CHECKING:
    from teams.models import User


class AgreementQuerySet(models.QuerySet):
    """Agreements by what an account may see."""

    def visible_to(self, user: "User") -> "AgreementQuerySet":
        """Those of contracts that the account sees."""
        return self.filter(contract__in=Contract.objects.visible_to(user))


class Agreement(models.Model):
    """The document of a contract, byte for byte as it was shown before it was signed. Never changed.

    `document` (PDF), `signature` (PNG, drawn on the screen) and `scan` (picture or PDF of the signed paper) are
    encrypted; `sha256` is that of the document in clear.
    """

    class Signed(models.TextChoices):
        PAPER = "paper", _("on paper")
        SCREEN = "screen", _("on the screen")

    contract = models.OneToOneField(Contract, models.PROTECT, related_name="agreement")
    document = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    signed = models.CharField(_("signed"), max_length=6, choices=Signed)
    signature = models.BinaryField(null=True, blank=True)
    scan = models.BinaryField(null=True, blank=True)
    scan_type = models.CharField(max_length=20, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("agreement")
        triggers = (pgtrigger.Protect(name="as_signed", operation=pgtrigger.Update | pgtrigger.Delete),)
        constraints = (
            models.CheckConstraint(name="contracts_agreement_hashed", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
            models.CheckConstraint(
                name="contracts_agreement_signature_on_screen",
                condition=Q(signed="screen", signature__isnull=False) | Q(signed="paper", signature=None),
            ),
            models.CheckConstraint(
                name="contracts_agreement_scan_has_type",
                condition=Q(scan=None, scan_type="") | (Q(scan__isnull=False) & ~Q(scan_type="")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.contract_id} {self.sha256[:12]}"

    @property
    def has_proof(self) -> bool:
        """Whether a drawn signature or a scan is kept."""
        return self.signed == self.Signed.SCREEN or bool(self.scan_type)


class ScanQuerySet(models.QuerySet):
    """Scans by what an account may see."""

    def visible_to(self, user: "User") -> "ScanQuerySet":
        """Those of contracts that the account sees."""
        return self.filter(contract__in=Contract.objects.visible_to(user))


class Scan(models.Model):
    """A picture or PDF of the signed paper that was added to a contract afterwards, encrypted. The latest counts; the
    ones it replaced stay. Never changed."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="scans")
    content = models.BinaryField()
    media_type = models.CharField(max_length=20)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = ScanQuerySet.as_manager()

    class Meta:
        verbose_name = _("scan")
        ordering = ("-pk",)
        triggers = (pgtrigger.Protect(name="as_added", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.contract_id} {self.media_type}"
