"""Months, targets and settings: the bureau counts, freezes and sets."""

TABLE = """
# name                        object  an  cl  fo  do  of  ad  au    an  cl  fo  do  of  ad  au
assessments:month_list_api    -       401 200 200 200 200 200 200    401 405 405 405 405 405 405
assessments:target_list_api   -       401 200 200 200 200 200 200    401 405 405 405 405 405 405
assessments:month_list        -       in  403 403 403 200 200 200    in  405 405 405 405 405 405
assessments:month_detail      -       in  403 403 403 404 404 404    in  405 405 405 405 405 405
assessments:month_remark      -       in  405 405 405 405 405 405    in  403 403 403 404 403 403
assessments:month_freeze      -       in  405 405 405 405 405 405    in  403 403 403 404 403 403
assessments:month_verify      -       in  405 405 405 405 405 405    in  403 403 403 404 404 404
assessments:month_difference  -       in  404 404 404 404 404 404    in  405 405 405 405 405 405
assessments:target_list       -       in  200 200 200 200 200 200    in  405 405 405 405 405 405
assessments:target_set        -       in  405 405 405 405 405 405    in  403 403 403 403 200 403
assessments:target_save       -       in  405 405 405 405 405 405    in  403 403 403 403 302 403
assessments:target_copy       -       in  405 405 405 405 405 405    in  403 403 403 403 302 403
assessments:target_remove     -       in  405 405 405 405 405 405    in  403 403 403 403 404 403
assessments:setting_list      -       in  200 200 200 200 200 200    in  405 405 405 405 405 405
assessments:setting_detail    -       in  200 200 200 200 200 200    in  405 405 405 405 405 405
assessments:setting_set       -       in  405 405 405 405 405 405    in  403 403 403 403 200 403
assessments:setting_drop      -       in  405 405 405 405 405 405    in  403 403 403 403 404 403
assessments:progress          -       in  200 200 200 200 200 200    in  405 405 405 405 405 405
assessments:month_compute     -       in  405 405 405 405 405 405    in  403 403 403 302 302 302
"""

ADDRESSES = {
    **{
        f"assessments:month_{step}": lambda place: ({"month": "2018-01"}, {})
        for step in ("detail", "remark", "freeze", "verify")
    },
    "assessments:setting_detail": lambda place: ({"code": "elderly_age"}, {}),
    "assessments:setting_set": lambda place: ({"code": "elderly_age"}, {}),
    "assessments:setting_drop": lambda place: ({"code": "elderly_age", "pk": 0}, {}),
    "assessments:target_remove": lambda place: ({"pk": 0}, {}),
}
