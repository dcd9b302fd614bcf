"""ID numbers and phone numbers as they would be, and the phone numbers that a careless team writes down."""

from collections.abc import Sequence
from random import Random

from assessments.demo.copying import NULL, hexed, iso
from residents.identity import check_digit
from teams import cipher
from teams.phones import parse_phone

# Share of ID numbers that were first issued here, the others elsewhere or before the county had its code.
HOME_SHARE = 0.93
# First three digits; the segment of satellites and data cards within 134 is left out.
MOBILE_PREFIXES = tuple(
    map(str, (*range(130, 134), *range(135, 140), *range(150, 154), *range(155, 160), 177, 187, 189))
)

SealedPhone = tuple[str, str, str]  # COPY text of the cipher and the hash, and the problem


class IdNumbers:
    """Draws valid ID numbers, each once."""

    def __init__(self, rng: Random, elsewhere: Sequence[str]) -> None:
        self.rng = rng
        self.elsewhere = elsewhere
        self.used: set[int] = set()

    def draw(self, birth: int, is_female: int, home: str) -> str:
        """A number for someone born on the ordinal `birth` who lives in the county `home`: odd orders are men's, even
        ones women's."""
        rng = self.rng
        region = home if rng.random() < HOME_SHARE else rng.choice(self.elsewhere)
        first14 = region + iso(birth).replace("-", "")
        order = 2 * int(rng.random() * 499) + 1 + is_female
        while (key := int(first14) * 1000 + order) in self.used:
            order = (order + 2) % 1000
        self.used.add(key)
        first17 = f"{first14}{order:03}"
        return first17 + check_digit(first17)


def mobile(rng: Random) -> str:
    """A mobile number that could be somebody's."""
    return f"{MOBILE_PREFIXES[int(rng.random() * len(MOBILE_PREFIXES))]}{int(rng.random() * 10**8):08}"


def fixed_line(rng: Random, area: str) -> str:
    """A fixed line of the area."""
    return f"{area}{2 + int(rng.random() * 7)}{int(rng.random() * 10**6):06}"


def spoilt(rng: Random) -> str:
    """A number written down wrongly: a digit missing or too many, a segment not in use, a made-up one."""
    number = mobile(rng)
    return rng.choice((number[:10], number[:9], number + "0", "154" + number[3:], "13800138000", "11111111111"))


def seal_phone(text: str) -> SealedPhone:
    """Encrypted, hashed and checked as an import would do it."""
    phone = parse_phone(text)
    if not phone.number:
        return NULL, NULL, phone.problem
    cipher_text = hexed(cipher.encrypt(phone.number, field="phone"))
    return cipher_text, hexed(cipher.lookup_hash(phone.number, field="phone")), phone.problem


def seal_id(number: str) -> str:
    """COPY text of person, id_cipher and id_hash."""
    sealed = hexed(cipher.encrypt(number, field="id_number"))
    return f"{cipher.person_key(number)}\t{sealed}\t{hexed(cipher.lookup_hash(number, field='id_number'))}"
