"""From where a request comes: for the audit trail, the row history and the lock after failed sign-ins."""

import ipaddress
from contextvars import ContextVar

from django.http import HttpRequest

# The address of the request that is being answered; None in commands and tasks.
present_address: ContextVar[str | None] = ContextVar("present_address", default=None)


def client_address(request: HttpRequest) -> str | None:
    """The client's address as the database writes it, or None where there is none (a Unix socket, a test)."""
    return normalised(request.META.get("REMOTE_ADDR", ""))


def forwarded_address(header: str, proxies: int) -> str | None:
    """The address that the outermost of `proxies` trusted proxies saw, from the X-Forwarded-For header.

    Each proxy appends the address it was called from, so the client's own claims stand further left and are ignored.
    """
    hops = [hop.strip() for hop in header.split(",")]
    return normalised(hops[-proxies]) if 0 < proxies <= len(hops) else None


def normalised(text: str) -> str | None:
    """One spelling for one address; None for what is none."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(address)
