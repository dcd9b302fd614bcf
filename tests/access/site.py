"""The site itself: signing in and out, the health checks, tokens of other systems."""

TABLE = """
# name              object  an  cl  fo  do  of  ad  au    an  cl  fo  do  of  ad  au
home                -       in  302 302 302 302 302 302    in  405 405 405 405 405 405
login               -       200 200 200 200 200 200 200    200 200 200 200 200 200 200
logout              -       in  405 405 405 405 405 405    in  302 302 302 302 302 302
password_change     -       in  200 200 200 200 200 200    in  200 200 200 200 200 200
set_language        -       302 302 302 302 302 302 302    302 302 302 302 302 302 302
admin:index         -       in  403 403 403 403 200 403    in  403 403 403 403 200 403
teams:healthz       -       200 200 200 200 200 200 200    405 405 405 405 405 405 405
teams:readyz        -       200 200 200 200 200 200 200    405 405 405 405 405 405 405
teams:audit_list    -       in  403 403 403 403 200 200    in  405 405 405 405 405 405
teams:audit_file    -       in  403 403 403 403 200 200    in  405 405 405 405 405 405
teams:audit_verify  -       in  405 405 405 405 405 405    in  403 403 403 403 302 302
teams:token_list    -       in  403 403 403 403 200 403    in  403 403 403 403 200 403
teams:token_revoke  -       in  405 405 405 405 405 405    in  403 403 403 403 404 403
"""

ADDRESSES = {"teams:token_revoke": lambda place: ({"pk": 0}, {})}
