"""A made district: a real place's divisions and published figures, and a population that nobody belongs to.

`load.load("yingquan", …)` fills an empty database. Names, ID numbers and phones are drawn from common parts; what is
published of the place (yingquan.toml) steers how many are drawn, and every figure is then counted by the engine.
"""
