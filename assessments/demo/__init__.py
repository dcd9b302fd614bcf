"""Made places: a real place's divisions and published figures, and a population that nobody belongs to.

A place is a file of facts (yingquan.toml …): what is published of it, and what is made up where nothing is. From it
`load.load("yingquan", …)` makes people in an empty database. Names, ID numbers and phones are drawn from common parts,
the facts steer how many are drawn, and every figure is then counted by the engine (docs/demo.md).
"""
