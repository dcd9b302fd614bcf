"""Adding the scan of a signed paper after the signing."""

from django.db import transaction

from contracts.actions.drafts import EVIDENCE, Evidence
from contracts.actions.lifecycle import enter
from contracts.models import Agreement, Contract, LifecycleEntry, Scan
from teams import cipher
from teams.clock import today
from teams.history import made_by
from teams.models import User


@transaction.atomic
def add_scan(*, contract: Contract, content: bytes, media_type: str, by: User) -> Scan:
    """Keep the scan, encrypted, as the contract's latest; the step says whether it took another one's place.

    Of two who add one at once, the second replaces the first.
    """
    with made_by(by, "contracts.add_scan"):
        Contract.objects.select_for_update(no_key=True).get(pk=contract.pk)
        kind = LifecycleEntry.Kind.RESCANNED if proof_of(contract) else LifecycleEntry.Kind.SCANNED
        scan = Scan.objects.create(
            contract=contract,
            content=cipher.encrypt_bytes(content, field=EVIDENCE),
            media_type=media_type,
            made_by=by,
        )
        enter(contract=contract, kind=kind, on=today(), by=by)
    return scan


def proof_of(contract: Contract) -> Evidence | None:
    """How it shows that the contract was signed, encrypted: the scan added last, else what was filed at signing."""
    scan = Scan.objects.filter(contract=contract).first()
    if scan:
        return Evidence(Agreement.Signed.PAPER, scan=bytes(scan.content), scan_type=scan.media_type)
    kept = Agreement.objects.filter(contract=contract).defer("document").first()
    if kept is None or not kept.has_proof:
        return None
    if kept.signature:
        return Evidence(kept.signed, signature=bytes(kept.signature))
    return Evidence(kept.signed, scan=bytes(kept.scan or b""), scan_type=kept.scan_type)
