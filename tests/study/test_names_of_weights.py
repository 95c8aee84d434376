"""The report calls weights by the titles of what they are made of."""

import html

from innoscape.study import run

from ..space_samples import write_grid

WEIGHTS = """
[[weights]]
name = "border"
method = "queen"
[[weights]]
name = "near"
method = "nearest"
[[weights]]
name = "trade"
method = "network"
network = "deals"
[[weights]]
name = "both"
method = "product"
factors = ["border", "near"]
[pattern]
variables = ["rd"]
weights = ["border", "trade", "both"]
years = "latest"
permutations = 99
"""


def test_weights_are_called_by_the_titles_of_what_they_are_made_of(tmp_path):
    folder = write_grid(tmp_path / "grid", WEIGHTS)
    file = folder / "study.toml"
    titles = 'name = "deals"\ntitle = "sales of licences"\ntitle_zh = "许可交易"\n'
    file.write_text(file.read_text(encoding="utf-8").replace('name = "deals"\n', titles, 1), encoding="utf-8")
    page = html.unescape((run(folder, folder / "out").folder / "report.html").read_text(encoding="utf-8"))
    for said in (
        "ties of sales of licences",
        "许可交易的联系",
        "product of areas that touch, the 4 nearest",
        "共点或共边相邻、最近的4个之积",
    ):
        assert said in page
