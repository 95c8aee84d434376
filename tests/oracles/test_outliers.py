"""Treatment of outliers agrees with R 4.2.2, e1071 1.7.13 and COINr 1.1.14."""

import pandas as pd
import pytest

from innoscape.data import Framework
from innoscape.geo import Recipe, score
from innoscape.geo.index.prepare.outliers import boxcox, kurtosis, log, skew, winsorize

A = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 30, 100]


B = [5, 3, 8, 1, 9, 2, 7, 4, 6, 12, 11, 10]


D = [-900, -40, 3, 1, 4, 1, 5, 9, 2, 6, 5, 3]


E = [0.5, 0.1, 0.7, 0.2, 0.2, 0.9, 0.4, 0.3, 0.8, 0.6, 0.2, 0.5]


def frame(**columns):
    return pd.DataFrame(
        columns, index=list("ABCDEFGHIJKLMNOPQRSTUVWXYZ")[: len(next(iter(columns.values())))], dtype=float
    )


# R 4.2.2, e1071 1.7.13: skewness(x, type), kurtosis(x, type); type 2 is "sample", type 1 "population".
@pytest.mark.parametrize(
    ("values", "sample", "population"),
    [
        (A, (3.06324103424, 9.74139083457), (2.66620909434, 5.66940681896)),
        (D, (-3.44935756, 11.9237772317), (-3.00228039299, 7.04293671924)),
        (E, (0.367652009378, -1.06147555556), (0.32, -1.1296)),
    ],
)
def test_skew_and_kurtosis_are_those_of_e1071(values, sample, population):
    for moments, known in (("sample", sample), ("population", population)):
        found = skew(values, moments=moments), kurtosis(values, moments=moments)
        assert found == pytest.approx(known, abs=1e-9)


# R 4.2.2, successive replacement by the next value inwards as COINr documents winsorise (version 1.1.14).
def test_ends_are_pulled_in_as_by_coinr():
    treated, done = winsorize(frame(a=A, d=D, e=E))
    assert treated["a"].tolist() == [*A[:-1], 30]
    assert treated["d"].tolist() == [-40, *D[1:]]
    assert treated["e"].tolist() == E
    assert done == {"a": "winsorized", "d": "winsorized"}


def test_coinrs_own_case_of_one_outlier():
    # tests/testthat/test-treat.R of COINr: 1 to 10 and 100 becomes 1 to 10 and 10
    assert winsorize(frame(x=[*range(1, 11), 100]))[0]["x"].tolist() == [*range(1, 11), 10]


def test_logarithms_and_powers_are_those_of_r():
    known = [-0.0100503358535, 0.688134638736, 1.0952733874, 1.3837912309, 1.60743590976, 1.79009141213, 1.94448055625,
             2.07819075978, 2.19611284848, 2.30158459266, 3.40086399276, 4.60507018099]  # fmt: skip
    assert log(frame(a=A))[0]["a"].tolist() == pytest.approx(known, abs=1e-10)
    known = [0, 0.828427124746, 1.46410161514, 2, 2.472135955, 2.89897948557, 3.29150262213, 3.65685424949, 4,
             4.32455532034, 8.9544511501, 18]  # fmt: skip
    assert boxcox(frame(a=A), power=0.5, skew=9, indicators=["a"])[0]["a"].tolist() == pytest.approx(known, abs=1e-10)
    # optimize() over the profile likelihood in R 4.2.2
    assert boxcox(frame(a=A))[1]["a"] == "Box-Cox, power -0.2007"


# R 4.2.2: mean of min-max values, and of z-scores with the sample deviation, of A, -B, D, E with the ends of A and D
# pulled in as above.
@pytest.mark.parametrize(
    ("normalize", "known"),
    [
        ("minmax", [0.284090909091, 0.213166144201, 0.515038225321, 0.516295742435, 0.358404372721, 0.729559849018,
                    0.488702338302, 0.554663009404, 0.638364867891, 0.468530084448, 0.533569109462, 0.639842300557]),
        ({"method": "zscore", "std": "sample"},
         [-0.595093470826, -0.814192845258, 0.0625584392397, 0.0653906639811, -0.420593143593, 0.716644954111,
          -0.025533177411, 0.169959730395, 0.43364806041, -0.0906394633123, 0.0851489540494, 0.412701298213]),
    ],
)  # fmt: skip
def test_a_treated_index_agrees_with_r_from_table_to_score(normalize, known):
    wide = frame(a=A, b=B, d=D, e=E)
    table = wide.rename_axis("place").reset_index().melt("place", var_name="indicator")
    framework = Framework.from_table(pd.DataFrame({"indicator": list("abde"), "direction": [1, -1, 1, 1]}))
    found = score(table, framework, Recipe(treat="winsorize", normalize=normalize))
    assert found.scores.set_index("place")["score"].loc[list(wide.index)].tolist() == pytest.approx(known, abs=1e-10)
    assert found.treatments.to_numpy().tolist() == [
        ["A", "d", "winsorized", -900, -40],
        ["L", "a", "winsorized", 100, 30],
    ]
    assert found.log["note"].tolist() == ["winsorized, was -900", "winsorized, was 100"]
    assert found.log["value"].tolist() == [-40, 30]
    assert found.prepared.set_index("place").loc["L", "a"] == 30
