"""The audit reproduces what the papers' own numbers show, system by system.

The numbers of each test are those that the six papers of the dataset sources print, or that follow from them by hand.
"""

import pandas as pd
import pytest

from innoscape import data

WRONG = {"contradicted", "doubtful"}


@pytest.fixture(scope="module")
def figures():
    return data.load("figures")


@pytest.fixture(scope="module")
def claims(figures):
    return data.audit_claims(data.load("claims"), figures).set_index("id")


@pytest.fixture(scope="module")
def checks(figures):
    return data.consistency(figures, places=data.load("places"))


def recomputed(figures, inputs, expression, claimed, wording=None):
    """Return the verdict on one claim of the papers' figures."""
    row = {"id": "x", "inputs": inputs, "expression": expression, "claimed": claimed, "wording": wording}
    return data.audit_claims(pd.DataFrame([row]), figures)["verdict"].item()


def verdicts(claims, *ids):
    return claims.loc[list(ids), "verdict"].tolist()


def found(checks, check, *ids):
    """Return the row of a check that compares these figures, among others."""
    rows = checks[(checks["check"] == check) & checks["id"].map(lambda held: set(ids) <= set(held.split("; ")))]
    assert len(rows) == 1, rows[["check", "id"]]
    return rows.iloc[0]


def test_205_claims_come_out_as_they_should(claims):
    assert claims["verdict"].value_counts().to_dict() == {
        "holds": 124,
        "not_checkable": 43,
        "contradicted": 22,
        "within_rounding": 16,
    }
    assert claims.loc[claims["verdict"] == "not_checkable", "reason"].value_counts().to_dict() == {
        "missing": 23,
        "definition": 11,
        "outside": 6,
        "open": 3,
    }
    assert claims.loc[claims["verdict"] != "not_checkable", "reason"].isna().all()


def test_a1_the_framework_has_3_9_and_32_parts(claims):
    assert verdicts(claims, "S0-C01", "S0-C02", "S0-C03", "S0-C04") == ["holds"] * 4


def test_a2_papers_and_firms_per_head_are_implausible(checks):
    rates = checks[checks["check"] == "per_head"].set_index("id")
    assert rates.loc["S0-055", "verdict"] == "doubtful"
    assert "0.3509 for each person" in rates.loc["S0-055", "meaning"]
    assert rates.loc["S0-097", "verdict"] == "doubtful"
    # patents per 10,000 people are plausible, and money for each of them is no count of things
    assert rates.loc["S0-058", "verdict"] == "holds"
    assert "S0-063" not in rates.index


def test_a3_positions_in_words_agree_with_the_levels(claims):
    assert verdicts(claims, "S0-C32", "S0-C33", "S0-C38", "S0-C48") == ["holds"] * 4
    # nearly once more, over four times more, slightly above, less than a half
    assert verdicts(claims, "S0-C12", "S0-C13", "S0-C34", "S0-C39") == ["holds"] * 4
    assert verdicts(claims, "S0-C28", "S0-C51") == ["within_rounding"] * 2


def test_a4_shares_of_the_nation_are_simple_fractions_of_whole_totals(claims, checks):
    assert verdicts(claims, "S0-C05", "S0-C06") == ["holds", "within_rounding"]
    totals = {one: found(checks, "total", one) for one in ("S0-025", "S0-027", "S0-029", "S0-032")}
    assert [round(row["got"], 1) for row in totals.values()] == [55.1, 139.0, 514.1, 345.2]
    # 36.3% of no whole number are 20
    assert [row["verdict"] for row in totals.values()] == ["within_rounding", "holds", "holds", "holds"]


def test_a5_shares_of_research_sum_to_100_but_for_guangdong(figures, claims, checks):
    assert verdicts(claims, "S0-C15", "S0-C16", "S0-C17") == ["holds", "contradicted", "contradicted"]
    assert claims.loc["S0-C16", "got"] == pytest.approx(9.08)
    assert found(checks, "equal", "S0-035", "S0-038")["verdict"] == "doubtful"
    for part, share in (("S3-012", "12.1"), ("S3-015", "20.6"), ("S3-018", "67.3")):
        assert recomputed(figures, f"a = {part}; b = S3-009", "share(a, b)", share) == "holds"
    then = "a = S3-012; b = S3-009; c = S3-013; d = S3-010"
    assert recomputed(figures, then, "share(a / c, b / d)", "8.89") == "holds"


def test_a6_one_part_exceeds_its_whole_and_two_columns_exceed_100(claims, checks):
    table = checks[checks["id"].str.startswith("S1-")]
    parts = table[(table["check"] == "part") & table["verdict"].isin(WRONG)]
    assert parts["id"].tolist() == ["S1-126; S1-136"]
    assert (parts["got"].item(), round(parts["expected_high"].item(), 3)) == (4.93, 2.955)
    sums = table[(table["check"] == "shares") & table["verdict"].isin(WRONG)]
    assert sums["got"].round(2).tolist() == [101.56, 103.33]
    assert sums["subject"].str.contains("institutions|enterprises with R&D").all()
    assert verdicts(claims, "S1-C25", "S1-C26", "S1-C27") == ["holds", "holds", "contradicted"]


def test_a8_substituted_cells_can_be_left_out(figures, claims, checks):
    alike = checks[(checks["check"] == "equal") & checks["id"].str.startswith("S1-")]
    assert set(alike["id"]) == {"S1-097; S1-087", "S1-098; S1-088"}
    assert claims.loc["S1-C34", "verdict"] == "holds"
    substituted = figures["note"].str.contains("Guangdong value substituted", na=False)
    assert substituted.sum() == 2
    without = figures.assign(printed=figures["printed"].mask(substituted, "?"))
    again = data.audit_claims(data.load("claims"), without).set_index("id")
    lost = again[again["verdict"] != claims["verdict"]]
    assert set(lost["reason"]) == {"missing"}
    assert "S1-C32" in lost.index
    assert "lacking: bay" in lost.loc["S1-C32", "meaning"]
    assert not data.consistency(without, places=data.load("places"))["id"].str.contains("S1-087").any()


def test_a9_ranks_fall_into_6_11_10_and_2(claims):
    ids = ["S4-C01", "S4-C02", "S4-C03", "S4-C04"]
    assert claims.loc[ids, "got"].tolist() == [6, 11, 10, 2]
    assert verdicts(claims, *ids, "S4-C05", "S4-C06", "S4-C09") == ["holds"] * 7


def test_a10_ratios_follow_from_the_totals(claims, checks):
    ids = ["S4-C11", "S4-C12", "S4-C13", "S4-C14", "S4-C15", "S4-C18", "S4-C19", "S4-C20"]
    assert claims.loc[ids, "got"].round(2).tolist() == [4.39, 1.55, 35.36, 32.89, 35.08, 2.66, 0.51, 0.17]
    assert verdicts(claims, *ids) == ["holds"] * 4 + ["within_rounding"] + ["holds"] * 3
    assert claims.loc["S4-C10", "verdict"] == "contradicted"
    assert found(checks, "ratio", "S4-050")["verdict"] == "contradicted"
    assert found(checks, "repeated", "S4-050", "S4-133")["verdict"] == "contradicted"


def test_a12_the_benchmark_has_two_rows_that_cannot_be(claims, checks):
    assert claims.loc[["S4-C25", "S4-C26", "S4-C31"], "got"].round(2).tolist() == [3.71, 61.7, 11.79]
    assert 1 / claims.loc["S4-C32", "got"] == pytest.approx(5.35, abs=0.005)
    assert verdicts(claims, "S4-C27", "S4-C28", "S4-C29", "S4-C30", "S4-C32") == [
        "contradicted", "contradicted", "holds", "contradicted", "contradicted",
    ]  # fmt: skip
    assert found(checks, "per_head", "S4-178")["verdict"] == "doubtful"
    seven = found(checks, "ratio", "S4-185", "S4-181", "S4-171")
    assert seven["verdict"] == "contradicted"
    assert "82.0165" in seven["meaning"]


def test_a16_unicorns_of_one_list_fit_and_of_two_cannot_be_compared(claims):
    assert verdicts(claims, "S0-C43", "S0-C44") == ["holds"] * 2
    assert claims.loc["S0-C43", "got"] == pytest.approx(3.506, abs=0.001)
    two = claims.loc[["S4-C47", "S4-C48", "S4-C51"]]
    assert two["verdict"].tolist() == ["not_checkable"] * 3
    assert two["reason"].tolist() == ["outside", "definition", "definition"]
    assert two["got"].round(3).tolist() == [328, 0.371, round(365 * 71 / 22100, 3)]


def test_f4_patents_of_hebei_must_be_0_47(figures, claims, checks):
    assert verdicts(claims, "S3-C01", "S3-C20", "S3-C21", "S3-C24", "S3-C25") == [
        "holds", "holds", "contradicted", "contradicted", "holds",
    ]  # fmt: skip
    summed = checks[(checks["check"] == "sum") & checks["id"].str.contains("S3-041")].iloc[0]
    assert (round(summed["got"], 2), summed["verdict"]) == (6.69, "contradicted")
    assert "Hebei 0.47" in summed["meaning"]
    repaired = figures.assign(printed=figures["printed"].mask(figures["id"] == "S3-041", "0.47"))
    again = data.audit_claims(data.load("claims"), repaired).set_index("id")
    assert verdicts(again, "S3-C21", "S3-C24") == ["holds"] * 2
    assert again.loc["S3-C24", "got"] == pytest.approx(8.26, abs=0.005)


def test_f5_growth_and_levels_of_2011_follow_within_rounding(figures, claims, checks):
    growth = checks[(checks["check"] == "growth") & checks["id"].str.startswith("S3-")]
    assert len(growth) == 8
    assert set(growth["verdict"]) == {"holds", "within_rounding"}
    assert set(verdicts(claims, "S3-C06", "S3-C08", "S3-C09", "S3-C10", "S3-C14", "S3-C15", "S3-C16")) == {
        "holds", "within_rounding",
    }  # fmt: skip
    start = found(checks, "start", "S3-009", "S3-012")
    assert (round(start["got"], 2), start["verdict"]) == (1435.57, "holds")
    degrees = "d = S3-023; m = S3-026; b = S3-029; a = S3-021; x = S3-024; y = S3-027; z = S3-030; w = S3-022"
    assert recomputed(figures, degrees, "share(d + m + b, a)", "79.2") == "holds"
    assert recomputed(figures, degrees, "share(d / x + m / y + b / z, a / w)", "60.6") == "holds"


def test_f6_research_of_firms_is_too_small_by_a_factor_of_ten(claims, checks):
    summed = found(checks, "sum", "S3-032", "N-001", "N-002", "N-003")
    assert (summed["verdict"], summed["factor"]) == ("contradicted", 0.1)
    assert claims.loc["S3-C18", "verdict"] == "contradicted"
    assert claims.loc["S3-C19", "got"] == pytest.approx(1.873, abs=0.001)


def test_f6_growth_does_not_depend_on_the_unit(figures):
    assert recomputed(figures, "a = S3-032; b = S3-033", "b / a", "1.754") == "holds"


def test_f16_the_region_has_nearly_a_third_of_the_laboratories(claims):
    assert claims.loc["S3-C33", "got"] == pytest.approx(92 / 296)
    assert verdicts(claims, "S3-C33", "S3-C35") == ["within_rounding"] * 2


def test_g4_openness_lags(claims):
    assert verdicts(claims, "S4-C24", "S4-C33", "S4-C34", "S4-C35", "S4-C36", "S4-C43", "S4-C53") == ["holds"] * 7
    assert claims.loc["S4-C33", "got"] == pytest.approx(5472 / 17921)
    assert verdicts(claims, "S4-C23", "S4-C38") == ["contradicted", "not_checkable"]


def test_g5_totals_lead_and_intensities_do_not(figures, claims):
    ranks = figures.set_index("id")["printed"].astype(str)
    assert ranks[["S4-126", "S4-128", "S4-146"]].tolist() == ["1", "2", "1"]
    assert ranks[["S4-134", "S4-136", "S4-152", "S4-154", "S4-156"]].tolist() == ["5", "9", "6", "5", "7"]
    for total, each, printed in (("S4-145", "S4-151", "58830.89"), ("S4-149", "S4-155", "3668.82")):
        inputs = f"firms = S4-080; each = {each}; total = {total}"
        assert recomputed(figures, inputs, "10000 * firms * each", printed) == "within_rounding"
    assert verdicts(claims, "S4-C18", "S4-C19", "S4-C20") == ["holds"] * 3


def test_h6_shares_of_foreign_staff_keep_their_definitions_apart(claims):
    assert verdicts(claims, "S4-C35", "S4-C36", "S4-C37") == ["holds"] * 3
    assert claims.loc["S4-C35", "got"] == pytest.approx(0.238, abs=0.001)
    assert claims.loc["S4-C58", "reason"] == "definition"


def test_j1_three_regions_are_compared_in_numbers_and_words(claims):
    numbers = ["S0-C11", "S0-C25", "S0-C26", "S0-C31", "S0-C41", "S0-C49", "S0-C55"]
    assert verdicts(claims, *numbers) == ["holds"] * 7


def test_j2_growth_multiples_shares_and_pairs(claims):
    assert claims.loc["S3-C01", "got"] == pytest.approx(18.55, abs=0.005)
    assert claims.loc[["S3-C22", "S3-C23"], "got"].round(2).tolist() == [86.82, 4.92]
    assert claims.loc["S3-C03", "got"] == 1340
    assert claims.loc["S3-C02", "got"] == pytest.approx(5821, abs=1)
    assert claims.loc["S3-C05", "verdict"] == "holds"


def test_j3_ranks_echelons_and_ratios(claims):
    assert verdicts(claims, "S4-C16", "S4-C17", "S4-C22", "S4-C31") == ["holds"] * 4
    assert claims.loc["S4-C16", "got"] == 8


def test_the_answer_depends_neither_on_the_order_of_rows_nor_on_the_language(figures, claims):
    shuffled = data.audit_claims(
        data.load("claims").sample(frac=1, random_state=1), figures.sample(frac=1, random_state=2), language="zh"
    ).set_index("id")
    same = ["verdict", "got", "got_low", "got_high", "expected_low", "expected_high", "reason"]
    pd.testing.assert_frame_equal(shuffled.loc[claims.index, same], claims[same])
    assert (shuffled.loc[claims.index, "subject"] != claims["subject"]).all()


def test_no_claim_is_a_sentence_of_a_paper():
    table = data.load("claims")
    assert "quote" not in table
    assert table["subject_zh"].str.len().max() < 60
    assert table[["subject", "subject_zh"]].notna().all(axis=None)
