"""From where a request comes, also behind proxies."""

import pytest

from teams.address import forwarded_address, normalised


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("10.1.2.3", "10.1.2.3"),
        ("::ffff:10.1.2.3", "10.1.2.3"),
        ("2001:DB8:0::1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("", None),
        ("unknown", None),
    ],
)
def test_address_has_one_spelling(text: str, address: str | None) -> None:
    assert normalised(text) == address


@pytest.mark.parametrize(
    ("header", "proxies", "address"),
    [
        ("10.1.2.3", 1, "10.1.2.3"),
        ("6.6.6.6, 10.1.2.3", 1, "10.1.2.3"),
        ("6.6.6.6, 10.1.2.3, 172.16.0.1", 2, "10.1.2.3"),
        ("10.1.2.3", 0, None),
        ("10.1.2.3", 2, None),
        ("", 1, None),
    ],
)
def test_only_what_our_proxies_appended_is_believed(header: str, proxies: int, address: str | None) -> None:
    assert forwarded_address(header, proxies) == address
