"""The shipped figures against the printed ones.

Sources: Zhang 2022, Table 1 and Table 2; Ye and Wang, article A, §1 and §2 (full citations in the dataset ``sources``).
"""

import warnings

import pandas as pd
import pytest

from innoscape import data

DATASETS = [
    "places", "regional_resources", "regional_framework", "hierarchy", "hierarchy_cities", "corridors",
    "jingjinji_structure", "copatents", "contracts", "aggregate_places", "figures", "claims", "frameworks",
    "sources", "references", "framework_values", "framework_ranks", "tier_functions", "center_attributes", "targets",
    "regional_economy",
]  # fmt: skip
INDICATORS = [
    "double_first_class_universities", "national_laboratories", "national_key_laboratories",
    "research_institutions_share", "rd_intensity", "pct_applications_share", "patents_granted_share",
    "maker_spaces_share", "firms_with_rd_share", "incubated_firms_share",
]  # fmt: skip
# Zhang 2022, Table 1, as printed
TABLE_1 = """
    北京 27 9 84 19.21 6.53 12.44 4.76 2.74 0.92 5.58
    京津冀 32 9 92 24.43 3.99 13.51 7.18 12.81 4.73 11.44
    上海 11 1 32 4.47 4.21 5.16 4.83 1.70 1.16 3.18
    长三角 25 2 68 18.46 3.22 26.21 28.78 23.94 46.71 29.89
    粤港澳 4 2 43 6.79 3.70 42.29 18.48 9.49 31.35 14.78
    广东 4 2 43 9.29 3.01 40.72 20.73 11.72 31.35 14.78
    湖北 7 0 20 5.22 2.32 2.18 3.22 4.82 3.12 5.33
    成渝 7 0 14 7.25 2.23 1.29 4.44 6.52 4.12 5.49
    辽宁 4 1 9 5.92 2.18 0.56 1.76 4.93 0.59 1.89
    东北 11 1 23 10.91 1.72 0.89 3.29 2.95 0.98 5.24
    山东 3 1 5 7.08 2.34 4.37 6.97 6.19 4.69 6.25
    陕西 7 0 13 4.47 2.35 0.69 1.77 3.52 0.67 2.24
    福建 2 0 4 2.96 1.98 5.61 4.26 3.96 2.39 1.65
    河南 1 0 0 3.42 1.73 0.33 3.59 3.37 2.12 3.98
    甘肃 1 1 7 2.67 1.26 0.46 0.61 2.56 0.17 1.75
    山西 1 0 2 1.39 1.12 0.15 0.80 4.47 1.24 1.22
    云南 1 0 2 2.44 1.04 0.15 0.85 1.57 0.58 1.25
    广西 1 0 3 1.57 0.81 0.18 1.68 1.43 0.46 1.84
"""
NESTED = [("上海", "长三角"), ("北京", "京津冀"), ("辽宁", "东北")]
SCOPES = [
    "京津冀", "长三角", "粤港澳", "湖北", "成渝", "辽宁", "山东", "陕西", "福建",
    "河南", "甘肃", "山西", "云南", "广西",
]  # fmt: skip


def printed_cells():
    rows = [line.split() for line in TABLE_1.strip().splitlines()]
    return {(row[0], name): cell for row in rows for name, cell in zip(INDICATORS, row[1:], strict=True)}


def everywhere():
    return pd.concat([data.load("places"), data.load("aggregate_places")], ignore_index=True)


def split(text):
    return [] if pd.isna(text) else text.split("; ")


def test_the_catalogue_lists_every_dataset_with_its_size():
    listed = data.list_datasets().set_index("name")
    assert set(DATASETS) <= set(listed.index)
    assert listed.loc["figures", "rows"] == 669 + 30 + 3
    assert listed.loc["frameworks", "rows"] == 117
    assert listed.loc["contracts", "unit"] == "100 million yuan"
    assert (listed["notes"] > 0).all()


@pytest.mark.parametrize("name", data.list_datasets()["name"])
def test_every_entry_says_where_its_figures_come_from(name):
    entry = data.describe(name)
    assert entry["title"]
    assert entry["source"]
    assert entry["license"]
    assert entry["rows"] == len(data.load(name))
    assert len(entry["sha256"]) == 64


@pytest.mark.parametrize("name", [name for name in DATASETS if data.describe(name)["contract"]])
def test_shipped_tables_keep_their_contract_without_a_warning(name):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        checked = data.check_table(data.load(name), data.describe(name)["contract"], where=name, places=everywhere())
    assert checked.attrs["matches"] == []
    assert len(checked) == len(data.load(name))


def test_loading_twice_gives_separate_tables():
    first = data.load("copatents")
    first.loc[0, "value"] = -1
    assert data.load("copatents").loc[0, "value"] == 3056


def test_an_unknown_dataset_offers_the_nearest_name():
    with pytest.raises(data.UnknownDatasetError, match="did you mean 'copatents'"):
        data.load("co_patents")


def test_the_regional_table_equals_the_printed_one_cell_by_cell():
    table = data.load("regional_resources")
    printed = printed_cells()
    assert len(table) == len(printed) == 180
    for row in table.itertuples():
        assert row.printed == printed[row.place, row.indicator]
        assert row.value == float(row.printed)


def test_seven_cells_of_the_regional_table_are_substituted():
    table = data.load("regional_resources")
    cells = table.loc[table["status"] == "substituted", ["place", "indicator"]]
    pct = {(place, "pct_applications_share") for place in ("京津冀", "福建", "山西", "云南", "广西")}
    firms = {("粤港澳", "firms_with_rd_share"), ("粤港澳", "incubated_firms_share")}
    assert set(cells.itertuples(index=False, name=None)) == pct | firms


def test_four_rows_of_the_regional_table_lie_inside_others():
    regions = data.load("regional_resources")["place"].unique()
    assert data.nested_pairs(regions, data.load("places")) == NESTED
    assert data.nested_pairs(SCOPES, data.load("places")) == []


def test_sums_over_disjoint_rows_are_those_of_the_printed_table():
    wide = data.load("regional_resources").set_index(["place", "indicator"])["value"].unstack("indicator")  # noqa: PD010
    whole = [{"辽宁": "东北"}.get(place, place) for place in SCOPES]
    assert wide.loc[whole, "national_key_laboratories"].sum() == 296
    assert wide.loc["京津冀", "national_key_laboratories"] == 92
    with_guangdong = [{"粤港澳": "广东"}.get(place, place) for place in whole]
    assert round(wide.loc[with_guangdong, "research_institutions_share"].sum(), 2) == 101.56
    assert round(wide.loc[whole, "firms_with_rd_share"].sum(), 2) == 103.33
    assert round(wide.loc[SCOPES, "firms_with_rd_share"].sum(), 2) == 102.94


def test_copatents_sum_to_the_printed_totals():
    flows = data.load("copatents")
    strength = flows.groupby("source")["value"].sum().add(flows.groupby("target")["value"].sum(), fill_value=0)
    assert flows["value"].sum() == 8673
    assert strength.to_dict() == {"北京": 7333, "天津": 4396, "石家庄": 1729, "河北其余": 3888}
    assert flows.loc[flows["source"].eq("北京") & flows["target"].ne("天津"), "value"].sum() == 4277
    assert flows["status"].tolist() == ["observed", "observed", "derived", "derived"]


def test_contracts_give_the_printed_localization_share():
    value = data.load("contracts").set_index("target")["value"]
    assert value["津冀"] == 282.80
    assert round(value.sum(), 2) == 2868.15
    assert round(100 * value["津冀"] / value.sum(), 2) == 9.86


def test_the_hierarchy_has_three_five_and_eight_centers():
    table = data.load("hierarchy")
    assert table["tier"].value_counts().to_dict() == {"regional": 8, "national": 5, "international": 3, "local": 1}
    assert set(table["scored_scope"].dropna()) == set(SCOPES)
    assert table.loc[table["scored_scope"].isna(), "center"].tolist() == ["长沙", "一批地方特色创新型中小城市"]


def test_the_hierarchy_names_only_known_places():
    known = set(data.load("places")["place"])
    table = data.load("hierarchy")
    columns = ("cities", "platforms", "scope", "scored_scope")
    named = [key for column in columns for cell in table[column] for key in split(cell)]
    assert len(named) > 50
    assert set(named) <= known


def test_translated_lists_are_as_long_as_the_printed_ones():
    table = data.load("hierarchy")
    for what in ("priorities", "sectors"):
        lengths = table[f"{what}_zh"].map(split).map(len), table[f"{what}_en"].map(split).map(len)
        assert lengths[0].tolist() == lengths[1].tolist()


def test_cities_have_a_published_or_a_suggested_tier_but_never_both():
    table = data.load("hierarchy_cities")
    published = table["status"] == "published"
    assert len(table) == 35
    assert table.loc[published, "tier"].value_counts().to_dict() == {"national": 8, "regional": 8, "international": 6}
    assert table["tier"].notna().equals(published)
    assert table["suggested_tier"].notna().equals(~published)
    assert table.loc[table["suggested_tier"] == "local", "place"].tolist() == ["南通", "绍兴", "舟山"]
    assert (table["suggested_tier"] == "regional").sum() == 10


def test_cities_belong_to_the_scope_that_contains_them():
    table = data.load("hierarchy_cities").dropna(subset=["scope"])
    scopes = set(table["scope"])
    found = data.container(table["place"], data.load("places"), scopes)
    assert found.tolist() == table["scope"].tolist()


def test_corridors_run_through_known_places():
    known = set(data.load("places")["place"])
    table = data.load("corridors")
    assert len(table) == 8
    assert {key for cell in table["members"] for key in split(cell)} <= known
    assert set(table["corridor"]) | set(table["scope"]) <= known
    assert set(table.loc[table["status"] == "named", "corridor"]) == {
        "沿海科技创新发展带",
        "广州-深圳-香港-澳门科技创新走廊",
    }


def test_the_structure_has_one_core_three_nuclei_three_belts_and_two_parks():
    roles = data.load("jingjinji_structure")["role"].value_counts().to_dict()
    assert roles == {"platform": 4, "nucleus": 3, "belt": 3, "park": 2, "core": 1}


def test_places_are_153_in_a_tree_without_an_unknown_container():
    places = data.load("places")
    assert len(places) == 153
    assert places["place"].is_unique
    assert set(places["part_of"].dropna()) <= set(places["place"])
    assert set(places["tier"].dropna()) == {"international", "national", "regional"}


@pytest.mark.parametrize(
    ("inner", "way"),
    [
        ("石家庄", ["河北", "京津冀"]),
        ("南京", ["江苏", "长三角"]),
        ("广州", ["广东"]),
        ("香港", ["粤港澳"]),
        ("武汉", ["武汉都市圈", "湖北", "长江中游"]),
        ("成都", ["四川"]),
        ("重庆", ["成渝"]),
        ("沈阳", ["辽宁", "东北"]),
        ("济南", ["山东半岛", "山东"]),
        ("西安", ["西安都市圈", "陕西"]),
        ("雄安新区中关村科技园", ["雄安新区", "河北", "京津冀"]),
        ("东京", []),
    ],
)
def test_part_of_leads_from_a_place_outwards(inner, way):
    parent = data.load("places").set_index("place")["part_of"].dropna().to_dict()
    steps = []
    while inner in parent:
        inner = parent[inner]
        steps.append(inner)
    assert steps == way


def test_figures_keep_the_printed_value_beside_the_repaired_one():
    figures = data.load("figures").set_index("id")
    repaired = figures[figures["repair"].notna()]
    assert sorted(repaired.index) == ["S3-032", "S3-033", "S3-041", "S4-050", "S4-118", "S4-120"]
    assert (repaired.loc["S3-041", "value"], repaired.loc["S3-041", "printed"]) == (0.47, "1.47")
    assert (repaired.loc["S3-033", "value"], repaired.loc["S3-033", "printed"]) == (937.2, "93.72")
    plain = figures[figures["repair"].isna() & ~figures["printed"].str.contains("/") & (figures["unit"] != "date")]
    assert (plain["value"] == plain["printed"].astype(float)).all()
    assert figures.loc[figures["unit"] == "date", "value"].isna().all()


def test_repaired_patents_of_2020_sum_to_the_region():
    figures = data.load("figures").set_index("id")["value"]
    assert round(figures["S3-039"] + figures["S3-037"] + figures["S3-041"], 2) == 5.69


def test_the_output_of_a_region_is_the_sum_of_its_provinces():
    table = data.load("regional_economy").set_index("place")
    assert set(table.index) == set(data.load("regional_resources")["place"]) - {"粤港澳"}
    for row in table.dropna(subset="note").itertuples():
        parts = [float(part.split()[-1]) for part in row.note.removeprefix("sum of ").split("; ")]
        assert row.value == pytest.approx(sum(parts))


def test_every_source_key_is_explained():
    keys = set(data.load("sources")["source"])
    for name in ("figures", "frameworks", "corridors", "jingjinji_structure", "regional_resources", "hierarchy_cities"):
        assert set(data.load(name)["source"]) <= keys
    for name in ("copatents", "contracts"):
        assert set(data.load(name)["citation"]) <= keys


@pytest.mark.parametrize("name", DATASETS)
def test_no_shipped_table_carries_a_quotation(name):
    table = data.load(name)
    assert "quote" not in table
    text = table.select_dtypes("str")
    assert not text.apply(lambda column: column.str.contains("。", regex=False, na=False)).to_numpy().any()
