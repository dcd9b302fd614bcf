"""Renewing and confirming many contracts: chosen, looked at, then done one by one by the worker."""

from collections.abc import Callable, Collection, Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contracts.actions.confirming import confirm
from contracts.actions.lines import BROKEN, by_itself
from contracts.actions.renewing import renew
from contracts.models import Batch, BatchLine, Contract
from contracts.rules import check_term_is_allowed, end_of_term
from contracts.rules.lifecycle import check_consent
from teams.clock import today
from teams.imports.texts import both
from teams.models import User
from teams.permissions import Permission, has_permission
from teams.rules import RuleViolation

# More than anybody looks through; a centre's whole year is less.
MOST = 5000
Outcome = BatchLine.Outcome


@transaction.atomic
def choose(*, kind: str, contracts: Collection[int], by: User) -> Batch:
    """A batch of these contracts, by id, to be looked at; those that the account doesn't see are left out.

    Raises RuleViolation: batch.empty, .too_large.
    """
    ids = list(Contract.objects.visible_to(by).filter(pk__in=contracts).order_by("pk").values_list("pk", flat=True))
    if not ids:
        raise RuleViolation("batch.empty", _("Tick at least one contract."))
    if len(ids) > MOST:
        raise RuleViolation("batch.too_large", _("That is more than 5,000 contracts: narrow the list first."))
    batch = Batch.objects.create(kind=kind, by=by)
    BatchLine.objects.bulk_create(BatchLine(batch=batch, contract_id=pk) for pk in ids)
    return batch


@transaction.atomic
def begin(*, batch: Batch, consent: str, years: int | None = None) -> Batch:
    """Let the worker do what the account has looked at, and how the people agreed; nothing when it was begun already.

    Raises RuleViolation: contract.consent, .term_not_allowed.
    """
    check_consent(consent)
    if years is not None:
        check_term_is_allowed(today(), end_of_term(today(), years))
    batch = Batch.objects.select_for_update().get(pk=batch.pk)
    if batch.status == Batch.Status.CHOSEN:
        batch.status, batch.consent, batch.years = Batch.Status.RUNNING, consent, years
        batch.save(update_fields=["status", "consent", "years"])
    return batch


def run(*, batch_id: int) -> None:
    """Do every line that is still open, each in a transaction of its own; in the worker.

    Whoever takes the work up after a killed worker goes on with the next open line; of two at once, each takes lines
    that the other doesn't hold. A line that fails is marked, and the others are done.
    """
    batch = Batch.objects.get(pk=batch_id)
    if batch.status != Batch.Status.RUNNING:
        return
    while _do_next(batch):
        pass
    if not batch.lines.filter(outcome=Outcome.OPEN).exists():
        rows = Batch.objects.filter(pk=batch.pk, status=Batch.Status.RUNNING)
        rows.update(status=Batch.Status.DONE, finished_at=timezone.now())


def waiting() -> list[int]:
    """Ids of batches that are under way, or should be."""
    return list(Batch.objects.filter(status=Batch.Status.RUNNING).order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _do_next(batch: Batch) -> bool:
    """Do one open line; False when there is none that nobody else is at."""
    # The account is read with each line: what it may do and see can change while the others are done.
    open_lines = batch.lines.filter(outcome=Outcome.OPEN).select_related("contract", "batch__by__institution")
    line = open_lines.select_for_update(skip_locked=True, of=("self",)).order_by("pk").first()
    if line is None:
        return False
    try:
        with by_itself(f"contract {line.contract_id} of batch {batch.pk}"):
            _check_may_change(line.contract, line.batch.by)
            made = _STEPS[batch.kind](line.batch, line.contract)
    except RuleViolation as refusal:
        line.outcome = Outcome.FAILED if refusal.code == BROKEN else Outcome.REFUSED
        line.message = both(refusal.message)
    else:
        line.outcome, line.made = Outcome.DONE, made
    line.save(update_fields=["outcome", "message", "made"])
    return True


def _check_may_change(contract: Contract, by: User) -> None:
    """What was chosen may have become another's since, and the account another one."""
    is_seen = Contract.objects.visible_to(by).filter(pk=contract.pk).exists()
    if not (is_seen and has_permission(by, Permission.CONTRACT_EDIT)):
        message = _("The account that began this may no longer change this contract.")
        raise RuleViolation("contract.not_allowed", message)


def _renew(batch: Batch, contract: Contract) -> Contract:
    return renew(contract=contract, consent=batch.consent, years=batch.years, by=batch.by)


def _confirm(batch: Batch, contract: Contract) -> None:
    confirm(contract=contract, consent=batch.consent, by=batch.by)


_STEPS: Mapping[str, Callable[[Batch, Contract], Contract | None]] = {
    Batch.Kind.RENEWAL: _renew,
    Batch.Kind.CONFIRMATION: _confirm,
}
