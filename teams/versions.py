"""Versions: edited as a draft, in use once published, retired when the next one takes their place.

Packages, rubrics, checklists and the rules of funds are kept so. What is or was in use never changes: the database
refuses it, whoever writes (docs/adr/0015).
"""

from collections.abc import Callable
from typing import Any, TypeVar

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from teams.rules import RuleViolation

REFUSED = "raise exception 'a version that is or was in use never changes' using errcode = 'restrict_violation';"
IN_USE_ONCE = "{version}.status <> 'draft'"
ONWARDS = "{old} = 'published' and {new} = 'retired'"


class Version(models.Model):
    """One state of something; of each thing at most one is a draft and one published (constraints of the models)."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        RETIRED = "retired", _("retired")

    number = models.PositiveIntegerField(_("version"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)

    class Meta:
        abstract = True

    @property
    def is_draft(self) -> bool:
        """Whether it can still be edited."""
        return self.status == self.Status.DRAFT


Kept = TypeVar("Kept", bound=Version)


def version_stays(fixed: str = IN_USE_ONCE, moves: str = ONWARDS) -> pgtrigger.Trigger:
    """For a version's table: of a `fixed` one (SQL of the row) only the status changes, as `moves` allows."""
    func = f"""
    if {fixed.format(version="OLD")} then
        if tg_op = 'DELETE' then {REFUSED} end if;
        if {moves.format(old="OLD.status", new="NEW.status")} then OLD.status = NEW.status; end if;
        if OLD is distinct from NEW then {REFUSED} end if;
    end if;
    if tg_op = 'DELETE' then return OLD; end if;
    return NEW;
"""
    return _trigger(func, pgtrigger.Update | pgtrigger.Delete)


def part_stays(versions: str, fixed: str = IN_USE_ONCE, *, key: str = "version_id") -> pgtrigger.Trigger:
    """For the table of a version's parts: they are written and deleted while it is not `fixed`."""
    func = f"""
    if exists (
        select from {versions} version
        where id = case when tg_op = 'DELETE' then OLD.{key} else NEW.{key} end and {fixed.format(version="version")}
    ) then {REFUSED} end if;
    if tg_op = 'DELETE' then return OLD; end if;
    return NEW;
"""
    return _trigger(func, pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete)


def _trigger(func: str, operation: pgtrigger.Operation) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(name="only_drafts_change", when=pgtrigger.Before, operation=operation, func=func)


def check_is_draft(version: Version, noun: str) -> None:
    """Only a draft is edited, published and dropped. Raises RuleViolation `<noun>.no_draft`."""
    if not version.is_draft:
        raise _gone(noun)


def still_draft(found: "models.QuerySet[Kept]", noun: str) -> Kept:
    """The draft as it is now. Raises RuleViolation `<noun>.no_draft` when it was published or dropped meanwhile."""
    draft = found.filter(status=Version.Status.DRAFT).first()
    if draft is None:
        raise _gone(noun)
    return draft


def _gone(noun: str) -> RuleViolation:
    return RuleViolation(f"{noun}.no_draft", _("The draft was published or dropped meanwhile. Load the page again."))


def put_in_use(draft: Version, versions: "models.QuerySet[Any]", *fields: str) -> None:
    """Publish the draft; the one of its `versions` used so far is retired. `fields` are saved with it."""
    versions.filter(status=Version.Status.PUBLISHED).update(status=Version.Status.RETIRED)
    draft.status = Version.Status.PUBLISHED
    draft.save(update_fields=["status", *fields])


def retire(version: Version, noun: str) -> None:
    """Use it no more. Raises RuleViolation `<noun>.not_published`."""
    if version.status != Version.Status.PUBLISHED:
        raise RuleViolation(f"{noun}.not_published", _("Only a version in use can be retired."))
    version.status = Version.Status.RETIRED
    version.save(update_fields=["status"])


def obstacle(version: Kept, check_can_publish: Callable[[Kept], None]) -> str:
    """Why a draft can't be published yet; empty when it can, and for other versions."""
    if not version.is_draft:
        return ""
    try:
        check_can_publish(version)
    except RuleViolation as refusal:
        return str(refusal)
    return ""
