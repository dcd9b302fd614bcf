"""Leads, samples with their calls, and residents' voices."""

from collections.abc import Callable, Mapping

from assessments.models import Lead, Sample, Sampled, Voice, VoiceLink
from teams.clock import today
from teams.models import User
from tests.accounts import Place

TABLE = """
# name                    object   an  cl  fo  do  of  ad  au     an  cl  fo  do  of  ad  au
assessments:lead_list     -        in  200 200 403 200 200 403    in  405 405 405 405 405 405
assessments:lead_screen   -        in  405 405 405 405 405 405    in  403 403 403 302 403 403
assessments:lead_detail   own      in  200 404 403 200 200 403    in  200 404 403 200 200 403
assessments:lead_detail   other    in  404 200 403 200 200 403    in  404 200 403 200 200 403
assessments:sample_list   -        in  200 200 403 200 200 200    in  405 405 405 405 405 405
assessments:sample_create -        in  403 403 403 200 403 403    in  403 403 403 200 403 403
assessments:sample_detail own      in  200 404 403 200 200 403    in  405 405 405 405 405 405
assessments:sample_detail other    in  404 200 403 200 200 403    in  405 405 405 405 405 405
assessments:sample_verify -        in  404 404 403 200 200 200    in  405 405 405 405 405 405
assessments:call_next     own      in  405 405 405 405 405 405    in  403 403 403 302 403 403
assessments:call_sheet    own      in  403 403 403 200 403 403    in  403 403 403 200 403 403
assessments:voice_list    -        in  200 200 403 200 200 403    in  405 405 405 405 405 405
assessments:voice_detail  own      in  200 404 403 200 200 403    in  200 404 403 200 200 403
assessments:voice_detail  other    in  404 200 403 200 200 403    in  404 200 403 200 200 403
assessments:voice_speak   -        404 404 404 404 404 404 404    404 404 404 404 404 404 404
"""

Address = tuple[Mapping[str, object], Mapping[str, object]]


def _key(found: Lead | Sample | Sampled | Voice | None) -> Address:
    return {"pk": found.pk if found else 10**9}, {}


def _lead(place: Place | None) -> Address:
    assert place
    return _key(Lead.objects.filter(team=place.team.pk, kind="phone_missing").first())


def _sample(place: Place | None) -> Address:
    samples = Sample.objects.all()
    return _key((samples.filter(people__resident=place.resident.pk) if place else samples).first())


def _sampled(place: Place | None) -> Address:
    assert place
    return _key(Sampled.objects.filter(resident=place.resident.pk).first())


def _voice(place: Place | None) -> Address:
    assert place
    return _key(Voice.objects.filter(team=place.team.pk).first())


ADDRESSES: Mapping[str, Callable[[Place | None], Address]] = {
    "assessments:lead_detail": _lead,
    "assessments:sample_detail": _sample,
    "assessments:sample_verify": _sample,
    "assessments:call_next": _sample,
    "assessments:call_sheet": _sampled,
    "assessments:voice_detail": _voice,
    "assessments:voice_speak": lambda _place: ({"token": "unknown"}, {}),
}


def furnish(place: Place, users: Mapping[str, User]) -> None:
    """A lead about the place's team, a sample with its resident, and what that resident said."""
    Lead.objects.create(
        kind="phone_missing",
        subject=place.team.pk,
        weight=2,
        institution=place.centre,
        team=place.team,
        evidence={"people": 1, "signed": 1, "residents": [place.resident.pk]},
        people=1,
        mark="x",
        found_on=today(),
        seen_on=today(),
    )
    sample = Sample.objects.create(
        name="x", as_of=today(), seed="x", frame=b"x\x9c\x03\x00\x00\x00\x00\x01", frame_size=0, frame_sha256="x"
    )
    stratum = {"institution": place.centre, "team": place.team, "category": "general"}
    Sampled.objects.create(sample=sample, resident=place.resident, place=1, **stratum)
    link = VoiceLink.objects.create(
        token_sha256=f"{place.team.pk:064}",
        contract=place.contract,
        resident=place.resident,
        number=1,
        expires_on=today(),
    )
    about = {"institution": place.centre, "team": place.team}
    Voice.objects.create(link=link, rating=2, received="some", complaint="没有来过", said_on=today(), **about)
