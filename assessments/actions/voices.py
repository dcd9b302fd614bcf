"""Residents' own voice: personal links, what comes back by them, the institution's answers, a dam against floods."""

import hashlib
from base64 import b32encode
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.models import SurveyAnswer, Voice, VoiceLink, VoiceLook
from assessments.rules.samples import check_can_answer
from contracts.models import Contract
from teams.cipher import lookup_hash
from teams.clock import today
from teams.history import made_by
from teams.models import User
from teams.models.accounts import SYSTEM
from teams.rules import RuleViolation

AFTER_THE_END = timedelta(days=60)
TOKEN_BYTES = 15  # 24 letters
AN_HOUR, KEPT = timedelta(hours=1), timedelta(days=1)
LOOKS_OF_ADDRESS, LOOKS_OF_TOKEN = 60, 20


@transaction.atomic
def link_of(contract: Contract) -> tuple[str, VoiceLink] | None:
    """The token and link of the contract's representative that is good for an answer; None without a representative.

    The token follows from the contract and the link's number by the hash key, so a handbook printed again carries the
    same one, and the database holds none. Once it was used, the next print gets a new one.
    """
    if contract.representative_id is None:
        return None
    last = _last_link(contract)
    if last is None or last.used_at:
        # Two prints at once make one link.
        Contract.objects.select_for_update().get(pk=contract.pk)
        last = _last_link(contract)
    if last and last.used_at is None:
        return token_of(contract, last.number), last
    number = last.number + 1 if last else 1
    token = token_of(contract, number)
    ends = contract.coverages.order_by("-end_on").values_list("end_on", flat=True).first() or today()
    link = VoiceLink.objects.create(
        token_sha256=hashed(token),
        contract=contract,
        resident_id=contract.representative_id,
        number=number,
        expires_on=ends + AFTER_THE_END,
    )
    return token, link


def _last_link(contract: Contract) -> VoiceLink | None:
    return contract.voice_links.order_by("-number").first()


def token_of(contract: Contract, number: int) -> str:
    """Letters and digits that are easy to type, and told by nobody without the key."""
    sealed = lookup_hash(f"{contract.pk}:{number}", field="voice")
    return b32encode(sealed[:TOKEN_BYTES]).decode().lower()


def hashed(token: str) -> str:
    """What the database knows of a token."""
    return hashlib.sha256(token.strip().lower().encode()).hexdigest()


def find_link(*, token: str, address: str | None) -> VoiceLink:
    """The link of a token that may be used now.

    Raises RuleViolation: voice.flood (too many looks from the address, or at the link), voice.unknown, .expired, .used.
    """
    digest = hashed(token)
    where = address or "0.0.0.0"
    lately = VoiceLook.objects.filter(at__gt=timezone.now() - AN_HOUR)
    if (
        lately.filter(address=where).count() >= LOOKS_OF_ADDRESS
        or lately.filter(token_sha256=digest).count() >= LOOKS_OF_TOKEN
    ):
        raise RuleViolation("voice.flood", _("Too many at once. Please try again in an hour."))
    VoiceLook.objects.create(address=where, token_sha256=digest)
    link = VoiceLink.objects.select_related("contract__team__institution").filter(token_sha256=digest).first()
    if link is None:
        raise RuleViolation("voice.unknown", _("This link is not known. Scan the code on your handbook again."))
    check_usable(link)
    return link


def check_usable(link: VoiceLink) -> None:
    """Raises RuleViolation: voice.used, .expired."""
    if link.used_at:
        raise RuleViolation("voice.used", _("You have answered already. Thank you! A new handbook carries a new code."))
    if link.expires_on <= today():
        raise RuleViolation("voice.expired", _("This link has expired. Ask your family doctor for a new handbook."))


@transaction.atomic
def speak(*, link: VoiceLink, rating: int, received: str, complaint: str, may_call: bool) -> Voice:
    """Keep what a resident said, once; it counts for satisfaction. Raises as `check_usable`."""
    link = VoiceLink.objects.select_for_update().select_related("contract__team").get(pk=link.pk)
    check_usable(link)
    team = link.contract.team
    with made_by(SYSTEM, "assessments.speak"):
        voice = Voice.objects.create(
            link=link,
            team=team,
            institution_id=team.institution_id,
            rating=rating,
            received=received,
            complaint=complaint.strip(),
            may_call=may_call,
            said_on=today(),
        )
        SurveyAnswer.objects.create(
            resident_id=link.resident_id,
            answered_on=today(),
            rating=rating,
            source=SurveyAnswer.Source.VOICE,
            in_confidence=not may_call,
        )
        link.used_at = timezone.now()
        link.save(update_fields=["used_at"])
    return voice


@transaction.atomic
def answer(*, voice: Voice, text: str, by: User) -> Voice:
    """What the institution did about a complaint. Raises as `check_can_answer`."""
    voice = Voice.objects.select_for_update().get(pk=voice.pk)
    check_can_answer(voice, text, by)
    with made_by(by, "assessments.answer_voice"):
        voice.answer, voice.answered_on = text.strip(), today()
        voice.answered_by = by.get_full_name() or by.username
        voice.save(update_fields=["answer", "answered_on", "answered_by"])
    return voice


def forget_looks() -> int:
    """Drop what floods are no longer counted by; how many."""
    return VoiceLook.objects.filter(at__lt=timezone.now() - KEPT).delete()[0]
