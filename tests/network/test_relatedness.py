"""Specialization, relatedness and complexity give printed values, those of other programs, and those of hand counts."""

import numpy as np
import pandas as pd
import pytest

from innoscape.data import InnoscapeWarning, OptionError, TableError
from innoscape.network import complexity, entry_opportunities, location_quotient, relatedness, relatedness_density


def simple():
    """Return the network of Hidalgo & Hausmann (2009), supporting information."""
    rows = [[1, 1, 1, 1], [0, 1, 0, 0], [0, 0, 1, 1], [0, 0, 0, 1]]
    return pd.DataFrame(rows, index=["C1", "C2", "C3", "C4"], columns=["P1", "P2", "P3", "P4"])


def amounts():
    i, c = np.indices((7, 8))
    x = ((3 * i + 5 * c + i * c * c) % 11) ** 2 * (1 + (i + c) % 3)
    x = np.where((i * c + 2 * c) % 5 == 0, 0, x)
    return pd.DataFrame(x, index=[f"p{k}" for k in range(7)], columns=[f"c{k}" for k in range(8)])


def shuffled(table):
    rng = np.random.default_rng(1)
    return table.iloc[rng.permutation(len(table)), rng.permutation(table.shape[1])]


def test_location_quotients_are_shares_by_shares():
    table = pd.DataFrame({"x": [30, 10, 0], "y": [10, 50, 0], "none": 0}, index=["A", "B", "zero"])
    found = location_quotient(table)
    assert found.loc["A", "x"] == pytest.approx((30 / 40) / (40 / 100))
    assert found.loc["B", "y"] == pytest.approx((50 / 60) / (60 / 100))
    assert found["none"].isna().all()
    assert found.loc["zero"].isna().all()
    assert location_quotient(table, threshold=1).to_numpy().tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 0]]


def test_quotients_average_to_one_and_know_no_unit():
    table = amounts().drop(index="p3")
    found = location_quotient(table)
    share = table.sum() / table.to_numpy().sum()
    np.testing.assert_allclose((found * share).sum(axis=1), 1)
    pd.testing.assert_frame_equal(location_quotient(table * 7.5), found)
    pd.testing.assert_frame_equal(
        location_quotient(shuffled(table)).loc[table.index, table.columns], found, check_exact=True
    )


def test_a_quotient_of_one_that_rounding_pulls_down_is_a_specialization():
    # all places alike: every quotient is 1, some by rounding a little less
    table = pd.DataFrame(np.outer([0.1, 0.7, 1.3], [0.3, 0.1, 0.2]))
    assert (location_quotient(table) < 1).any().any()
    assert location_quotient(table, threshold=1).to_numpy().all()


def test_relatedness_follows_the_counts():
    # co-occurrences: P1P2 1, P1P3 1, P1P4 1, P2P3 1, P2P4 1, P3P4 2; ubiquity 1, 2, 2, 3
    near = {m: relatedness(simple(), method=m, threshold=None) for m in ("proximity", "cosine", "jaccard")}
    assert near["proximity"].loc["P3", "P4"] == pytest.approx(2 / 3)
    assert near["cosine"].loc["P3", "P4"] == pytest.approx(2 / np.sqrt(6))
    assert near["jaccard"].loc["P3", "P4"] == pytest.approx(2 / 3)
    assert near["jaccard"].loc["P2", "P4"] == pytest.approx(1 / 4)
    for found in near.values():
        assert (np.diag(found) == 1).all()
        pd.testing.assert_frame_equal(found, found.T)
    lift = relatedness(simple(), method="association", totals="ubiquity", threshold=None)
    assert lift.loc["P3", "P4"] == pytest.approx(2 * 4 / (2 * 3))


def test_a_class_nobody_has_is_related_to_nothing():
    table = simple().assign(P5=0)
    for method in ("proximity", "cosine", "jaccard", "association", "probability"):
        found = relatedness(table, method=method, threshold=None)
        assert (found["P5"] == 0).all()
        assert found.notna().all().all()
    assert relatedness_density(table, threshold=None)["P5"].isna().all()


def test_density_is_the_share_of_what_is_related():
    found = relatedness_density(simple(), method="proximity", threshold=None)
    # P1 is related at 1/2, 1/2 and 1/3 to P2, P3 and P4
    assert found.loc["C3", "P1"] == pytest.approx((1 / 2 + 1 / 3) / (4 / 3))
    assert found.loc["C2", "P1"] == pytest.approx((1 / 2) / (4 / 3))
    assert found.loc["C1"].tolist() == [1, 1, 1, 1]
    assert relatedness_density(simple(), method="proximity", own=True, threshold=None).loc["C3", "P1"] == pytest.approx(
        (5 / 6) / (7 / 3)
    )
    near = pd.DataFrame([[0, 2, 0, 0], [2, 0, 1, 0], [0, 1, 0, 1], [0, 0, 1, 0]], simple().columns, simple().columns)
    assert relatedness_density(simple(), near, threshold=None).loc["C2"].tolist() == [1, 0, 0.5, 0]
    assert relatedness_density(simple(), shuffled(near), threshold=None).loc["C2"].tolist() == [1, 0, 0.5, 0]


def test_reflections_lead_to_the_eigenvector():
    vector = complexity(amounts())
    many = complexity(amounts(), method="reflections", iterations=2000)
    np.testing.assert_allclose(many.places["complexity"], vector.places["complexity"], atol=1e-9)
    np.testing.assert_allclose(many.classes["complexity"], vector.classes["complexity"], atol=1e-9)
    has = location_quotient(amounts(), threshold=1).to_numpy(dtype=float)[[0, 1, 2, 4, 5, 6]][:, [1, 2, 3, 4, 6, 7]]
    walk = (has / has.sum(axis=1, keepdims=True)) @ (has / has.sum(axis=0)).T
    values = np.sort(np.linalg.eigvals(walk).real)
    assert vector.eigenvalue == pytest.approx(values[-2])


def test_a_place_is_as_complex_as_its_classes_on_average():
    found = complexity(amounts())
    has = location_quotient(amounts(), threshold=1).to_numpy(dtype=float)
    worth = np.nan_to_num(found.classes["complexity"])
    with np.errstate(invalid="ignore"):
        np.testing.assert_allclose(has @ worth / has.sum(axis=1), found.places["complexity"], atol=1e-12)


@pytest.mark.parametrize("seed", range(6))
def test_complexity_goes_with_diversity_whatever_the_order(seed):
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(rng.gamma(0.5, 100, (15, 12))).add_prefix("c")
    found = complexity(table)
    assert np.corrcoef(found.places["complexity"], found.places["diversity"])[0, 1] > 0
    other = complexity(shuffled(table) * 3)
    pd.testing.assert_frame_equal(other.places, found.places)
    pd.testing.assert_frame_equal(other.classes, found.classes)
    assert found.places["complexity"].mean() == pytest.approx(0, abs=1e-12)
    assert found.places["complexity"].std(ddof=0) == pytest.approx(1)
    assert complexity(table, std="sample").places["complexity"].std() == pytest.approx(1)


def test_parts_without_common_classes_are_told_apart():
    table = simple().reindex(columns=[*simple().columns, "Q1", "Q2"], fill_value=0)
    table.loc["D1"] = [0, 0, 0, 0, 1, 1]
    table.loc["D2"] = [0, 0, 0, 0, 0, 1]
    with pytest.warns(InnoscapeWarning, match="2 parts .* left empty for D1, D2"):
        found = complexity(table, threshold=None)
    alone = complexity(simple(), threshold=None)
    assert found.parts == 2
    assert found.places["part"].tolist() == [1, 1, 1, 1, 2, 2]
    np.testing.assert_allclose(found.places["complexity"][:4], alone.places["complexity"])
    assert found.places["complexity"][4:].isna().all()


def test_complexity_that_is_not_determined_is_said():
    with pytest.warns(InnoscapeWarning, match="not determined"):
        found = complexity(pd.DataFrame(np.ones((3, 3))), threshold=None)
    assert found.places["complexity"].isna().all()
    with pytest.warns(InnoscapeWarning, match="not determined"):
        complexity(pd.DataFrame(1 - np.eye(4)), threshold=None)
    band = pd.DataFrame([[1, 1, 0], [0, 1, 1]], index=["a", "b"])
    with pytest.warns(InnoscapeWarning, match="matter of convention"):
        assert complexity(band, threshold=None).places["complexity"].tolist() == pytest.approx([1, -1])


def test_opportunities_are_what_a_place_lacks_by_density_and_complexity():
    table = amounts().drop(index="p3")
    has, near = location_quotient(table, threshold=1), relatedness_density(table)
    worth = complexity(table).classes.set_index("class")["complexity"]
    found = entry_opportunities(table)
    assert len(found) == (has == 0).to_numpy().sum()
    for row in found.to_dict("records"):
        assert has.loc[row["place"], row["class"]] == 0
        assert row["density"] == pytest.approx(near.loc[row["place"], row["class"]], nan_ok=True)
        assert row["complexity"] == pytest.approx(worth[row["class"]], nan_ok=True)
    known = found[found["score"].notna()]
    for weight, column in ((0, "density"), (1, "complexity")):
        ranked = entry_opportunities(table, weight=weight)
        for _, rows in ranked[ranked["score"].notna()].groupby("place"):
            assert rows[column].is_monotonic_decreasing
    assert known["score"].between(0, 1).all()
    assert found.loc[found["class"].isin(["c0", "c5"]), "rank"].isna().all()
    pd.testing.assert_frame_equal(entry_opportunities(shuffled(table)), found)


def test_a_place_that_has_everything_has_no_opportunity():
    table = pd.DataFrame([[1, 1, 1], [1, 1, 0], [0, 1, 0]], index=["all", "b", "c"])
    assert "all" not in set(entry_opportunities(table, threshold=None)["place"])


def test_unfit_tables_are_refused():
    with pytest.raises(TableError, match="write 0 where there is nothing"):
        location_quotient(simple().astype(float).replace(0, np.nan))
    with pytest.raises(TableError, match="at least 0"):
        relatedness(simple() - 1)
    with pytest.raises(OptionError, match="must say 0 or 1"):
        relatedness(simple() * 2, threshold=None)
    with pytest.raises(OptionError, match="not defined on"):
        relatedness(simple(), method="probability", totals="ubiquity")
    with pytest.raises(TableError, match="classes of the table"):
        relatedness_density(simple(), simple())
    with pytest.raises(OptionError, match="even"):
        complexity(simple(), method="reflections", iterations=3)
    with pytest.raises(OptionError, match="no place is specialized"):
        complexity(simple() * 0, threshold=None)
    with pytest.raises(OptionError, match="from 0 to 1"):
        entry_opportunities(simple(), weight=2)
    with pytest.raises(TableError, match="more than once"):
        location_quotient(simple().rename(columns={"P1": "P2"}))
