"""What the centres did beside services over the year: the family doctors' day, lectures, training, awards."""

from datetime import date, timedelta
from random import Random

from django.utils import timezone

from assessments.actions.uploads import keep
from assessments.demo.figures import PlaceFacts
from assessments.demo.inspections import picture
from assessments.models import Activity, ActivityProof
from teams.models import Institution, User

DAY = (5, 19)  # the world family doctors' day
CENTRES = (Institution.Kind.TOWNSHIP_CENTER, Institution.Kind.COMMUNITY_CENTER)
AWARDED_FROM = 450  # people at the family doctors' day
LECTURES = ("高血压防治知识讲座", "糖尿病饮食与运动讲座", "老年人健康体检解读", "孕产妇保健讲座", "冬季呼吸道疾病预防")


def report(facts: PlaceFacts, official: User, clerk: User, rng: Random) -> None:
    """Save what every centre reported: most of it confirmed, some to be checked, one given back."""
    rows: list[Activity] = []
    for centre in Institution.objects.filter(kind__in=CENTRES).order_by("code"):
        rows += _year_of(facts, centre, clerk, rng)
    for place, row in enumerate(rows):
        row.state = Activity.State.REPORTED if row.began_on >= facts.in_year(12, 1) else Activity.State.CONFIRMED
        if place == 3:
            row.state, row.check_note = Activity.State.RETURNED, "签到表缺第二页，请补充"
        if row.state != Activity.State.REPORTED:
            row.checked_by, row.checked_at = str(official), timezone.now()
    for row in Activity.objects.bulk_create(rows):
        keep(ActivityProof, [picture(110, 140, 190)], by=clerk, activity=row)


def _year_of(facts: PlaceFacts, centre: Institution, clerk: User, rng: Random) -> list[Activity]:
    def made(kind: str, title: str, day: date, **figures: object) -> Activity:
        return Activity(
            institution=centre, kind=kind, title=title, began_on=day, ended_on=day, reported_by=clerk, **figures
        )

    people, main_day = rng.randrange(150, 600), facts.in_year(*DAY)
    training = facts.in_year(rng.choice((3, 4, 9)), rng.randrange(5, 26))
    lecture = facts.in_year(*((12, rng.randrange(3, 18)) if rng.random() < 0.4 else (10, rng.randrange(8, 30))))
    return [
        made(
            "campaign",
            "“世界家庭医生日”主题宣传活动",
            main_day,
            campaign="5·19",
            place=f"{centre.name}门前广场",
            people=people,
            staff=rng.randrange(8, 25),
            boards=rng.randrange(2, 12),
            posters=rng.randrange(20, 120),
            leaflets=people * rng.randrange(2, 4),
            consultations=people * 2 // 3,
            examinations=people // 4,
            signings=people // 3,
        ),
        made("training", "签约服务规范和履约记录培训", training, staff=rng.randrange(20, 60)),
        made("lecture", rng.choice(LECTURES), lecture, people=rng.randrange(30, 90), leaflets=rng.randrange(40, 120)),
        made("further_training", "乡镇医生到市级医院进修两个月", training, staff=rng.randrange(1, 3)),
        *(
            [made("award", "“最美家庭医生”表彰", main_day, staff=1, place=facts.facts["bureau"])]
            if people >= AWARDED_FROM
            else []
        ),
        made(
            "publicity",
            "更新签约服务宣传栏",
            main_day - timedelta(days=rng.randrange(1, 40)),
            boards=rng.randrange(1, 6),
        ),
    ]
