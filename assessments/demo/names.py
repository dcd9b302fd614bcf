"""Names that nobody in particular bears: common surnames and given names, drawn independently."""

from functools import cache
from itertools import accumulate
from random import Random

from residents.pinyin import initials

SURNAMES = (
    "李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪"
    "田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺龚文单解查"
)
COMPOUND = ("欧阳", "上官", "司马", "诸葛")
OLD_MEN = "德明国文永志华建玉金广成贵林福庆云学忠义洪兴士怀传家东保长安山海"
OLD_WOMEN = "秀英兰芳桂玉珍凤翠素云梅莲荣淑琴霞荣香月华侠芝美"
MEN = "伟强磊军勇涛杰超辉刚鹏飞浩亮峰波斌健建国文明志宏海洋龙俊峰林旭东"
WOMEN = "丽敏静娟艳燕芳霞玲红梅娜婷雪莉晶萍慧颖丹琳倩秀云晓利"
BOYS = "子轩浩宇博文俊杰一诺梓睿泽天佑铭皓晨阳家豪奕承嘉懿"
GIRLS = "梓涵欣怡诗雨馨可欣语嫣佳琪雅婷一诺思彤若曦妍悦雨桐静"
# Characters of given names by sex (0 male, 1 female), oldest first; each pool serves those born before its year.
POOLS = ((OLD_MEN, MEN, BOYS), (OLD_WOMEN, WOMEN, GIRLS))
POOL_UNTIL = (1965, 2000)
DRAWN = 1500  # given names drawn for each pool


class Names:
    """Draws names and their pinyin initials."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.surnames = [*SURNAMES, *COMPOUND]
        ranked = (1 / (8 + rank) for rank in range(len(self.surnames)))
        self.weights = list(accumulate(ranked))
        self.given = [[self._pool(pool) for pool in pools] for pools in POOLS]

    def surname(self) -> str:
        """A surname, common ones more often."""
        return self.rng.choices(self.surnames, cum_weights=self.weights)[0]

    def full(self, surname: str, *, is_female: int, born: int) -> tuple[str, str]:
        """A name with that surname for someone born in that year, and its initials."""
        pool = 0 if born < POOL_UNTIL[0] else 1 if born < POOL_UNTIL[1] else 2
        given, given_initials = self.given[is_female][pool][int(self.rng.random() * DRAWN)]
        return surname + given, _surname_initials(surname) + given_initials

    def _pool(self, characters: str) -> list[tuple[str, str]]:
        drawn = []
        for _ in range(DRAWN):
            given = "".join(self.rng.choices(characters, k=1 if self.rng.random() < 0.2 else 2))
            drawn.append((given, initials("王" + given)[1:]))
        return drawn


@cache
def _surname_initials(surname: str) -> str:
    return initials(surname + "王")[:-1]
