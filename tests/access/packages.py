"""The catalogue: everybody reads it, administrators keep it."""

from service_packages.models import Item, PackageVersion
from tests.access import Address, first

TABLE = """
# name                           object  an  cl  fo  do  of  ad  au    an  cl  fo  do  of  ad  au
service_packages:package_list    -       in  200 200 200 200 200 200    in  405 405 405 405 405 405
service_packages:package_create  -       in  403 403 403 403 200 403    in  403 403 403 403 200 403
service_packages:year_copy       -       in  403 403 403 403 200 403    in  403 403 403 403 200 403
service_packages:year_publish    -       in  405 405 405 405 405 405    in  403 403 403 403 302 403
service_packages:catalogue_file  -       in  200 200 200 200 200 200    in  405 405 405 405 405 405
service_packages:item_list       -       in  200 200 200 200 200 200    in  405 405 405 405 405 405
service_packages:item_create     -       in  403 403 403 403 200 403    in  403 403 403 403 200 403
service_packages:item_edit       -       in  403 403 403 403 200 403    in  403 403 403 403 200 403
service_packages:version_detail  -       in  200 200 200 200 200 200    in  405 405 405 405 405 405
service_packages:version_edit    -       in  403 403 403 403 302 403    in  403 403 403 403 302 403
service_packages:version_diff    -       in  200 200 200 200 200 200    in  405 405 405 405 405 405
service_packages:draft_start     -       in  405 405 405 405 405 405    in  403 403 403 403 302 403
service_packages:draft_publish   -       in  405 405 405 405 405 405    in  403 403 403 403 302 403
service_packages:version_retire  -       in  405 405 405 405 405 405    in  403 403 403 403 302 403
service_packages:draft_drop      -       in  405 405 405 405 405 405    in  403 403 403 403 302 403
contracts:package_preview        -       in  200 200 200 200 200 200    in  405 405 405 405 405 405
"""


def _version(*names: str) -> Address:
    """The one package of the district, under each of the names."""
    return lambda place: (dict.fromkeys(names, first(PackageVersion)), {})


STEPS = ("version_detail", "version_edit", "draft_start", "draft_publish", "version_retire", "draft_drop")

ADDRESSES = {
    "service_packages:catalogue_file": lambda place: ({"kind": "packages"}, {}),
    "service_packages:item_edit": lambda place: ({"pk": first(Item)}, {}),
    **{f"service_packages:{name}": _version("pk") for name in STEPS},
    "service_packages:version_diff": _version("pk", "other"),
}
