"""GAL and GWT files give back what was written, are those of other programs, and tell all that is wrong at once."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from libpysal.graph import Graph, read_gal, read_gwt

from innoscape.data.errors import OptionError, TableError
from innoscape.geo import SpatialWeights, read_weights, spatial_weights, write_weights

NAMES = ["北京", "Xi'an", "呼和浩特 市", 'the "big" one', "110000", "Ürümqi", "海口"]


def weights(names=NAMES, seed=0):
    """Give weights of odd numbers, the last place being an island."""
    rng = np.random.default_rng(seed)
    matrix = rng.random((len(names), len(names))) * rng.integers(0, 2, (len(names), len(names)))
    matrix[-1] = matrix[:, -1] = 0
    return SpatialWeights.from_matrix(pd.DataFrame(matrix / 3, names, names))


def same(one, two):
    assert one.places.tolist() == two.places.tolist()
    assert (one.matrix != two.matrix).nnz == 0


def test_files_give_back_places_and_weights_to_the_bit(tmp_path):
    held = weights()
    same(read_weights(write_weights(held, tmp_path / "w.gwt")), held)
    links = held.scaled("binary")
    same(read_weights(write_weights(links, tmp_path / "w.GAL")), links)
    assert read_weights(tmp_path / "w.GAL").kind == "w.GAL"
    turned = NAMES[::-1]
    same(read_weights(tmp_path / "w.gwt", places=turned), held.of(turned))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8)
        .map(str.strip)
        .filter(lambda name: name and not set(name) & set("\x85\u2028\u2029")),
        min_size=2,
        max_size=6,
        unique=True,
    ),
    st.integers(0, 99),
)
def test_any_names_survive(tmp_path_factory, names, seed):
    held = weights(names, seed)
    folder = tmp_path_factory.mktemp("weights")
    same(read_weights(write_weights(held, folder / "w.gwt")), held)
    same(read_weights(write_weights(held.scaled("binary"), folder / "w.gal")), held.scaled("binary"))


def test_libpysal_reads_what_is_written_and_the_reverse(tmp_path):
    held = weights(["北京", "天津", "上海", "重庆", "海口"])
    theirs = read_gwt(write_weights(held, tmp_path / "w.gwt"))
    assert (theirs.sparse.toarray() == held.matrix.toarray()).all()
    assert list(theirs.unique_ids) == held.places.tolist()
    assert theirs.isolates.tolist() == ["海口"]
    links = held.scaled("binary")
    theirs = read_gal(write_weights(links, tmp_path / "w.gal"))
    assert (theirs.sparse.toarray() == links.matrix.toarray()).all()
    held.to_graph().to_gwt(tmp_path / "back.gwt")
    back = read_weights(tmp_path / "back.gwt")
    assert back.places.tolist() == held.places.tolist()
    # libpysal writes seven decimals
    assert back.matrix.toarray() == pytest.approx(held.matrix.toarray(), abs=5e-8)
    links.to_graph().to_gal(tmp_path / "back.gal")
    same(read_weights(tmp_path / "back.gal"), links)


def test_files_of_r_and_geoda_are_read(tmp_path):
    # spdep 1.2-7: write.nb.gal(nb, file, oldstyle = FALSE), write.sn2gwt(listw2sn(nb2listw(nb)), file)
    (tmp_path / "r.gal").write_text(
        "0 4 unknown unknown\n北京 2\n天津 上海\n天津 1\n北京\n上海 1\n北京\n海口 0\n\n", "utf-8"
    )
    (tmp_path / "r.gwt").write_text("0 4 unknown ids\n1 2 0.5\n1 3 0.5\n2 1 1\n3 1 1\n", "utf-8")
    links = read_weights(tmp_path / "r.gal")
    assert links.places.tolist() == ["北京", "天津", "上海", "海口"]
    assert links.neighbors.tolist() == [2, 1, 1, 0]
    with pytest.raises(TableError, match="row 1: needed 4 places, as this line tells, got 3 in the lines below; give"):
        read_weights(tmp_path / "r.gwt")
    whole = read_weights(tmp_path / "r.gwt", places=[1, 2, 3, 4])
    assert whole.islands == ["4"]
    assert whole.table()["value"].tolist() == [0.5, 0.5, 1.0, 1.0]
    # GeoDa on a Chinese system; an island without its empty line
    (tmp_path / "g.gal").write_bytes("3\r\n海口 0\r\n北京 1\r\n天津\r\n天津 1\r\n北京\r\n".encode("gb18030"))
    with pytest.warns(match="GB18030"):
        assert read_weights(tmp_path / "g.gal").islands == ["海口"]


def test_all_faults_of_a_file_come_at_once(tmp_path):
    file = tmp_path / "bad.gal"
    file.write_text("0 4 x y\na 2\nb\nb one\nz\na 1\nq\nc 0\n\n", "utf-8")
    with pytest.raises(TableError) as caught:
        read_weights(file)
    assert str(caught.value).splitlines() == [
        "bad.gal, row 1: needed 4 places, as this line tells, got 2 in the lines below; correct the number",
        "bad.gal, row 3: needed 2 neighbors of 'a', got 1; correct the number or the neighbors",
        "bad.gal, row 3: needed places of the file, got 'b'; correct the name, or add the place",
        "bad.gal, row 4: needed a place and the number of its neighbors, got 'b one'; correct the line",
        "bad.gal, row 6: needed each place once, got 'a' again, after row 2; join the two",
        "bad.gal, row 7: needed places of the file, got 'q'; correct the name, or add the place",
    ]
    file = tmp_path / "bad.gwt"
    file.write_text("many\na b 1\nb a -2\na b 1\nb c\nc a x\n", "utf-8")
    with pytest.raises(TableError) as caught:
        read_weights(file)
    assert [(fault.row, fault.got) for fault in caught.value.faults] == [
        (1, "'many'"),
        (3, "'-2'"),
        (4, "'a' to 'b' again"),
        (5, "'b c'"),
        (6, "'x'"),
    ]
    with pytest.raises(TableError, match="row 6: needed places of places, got 'c'"):
        read_weights(file, places=["a", "b"])
    with pytest.raises(TableError, match="none"):
        read_weights(tmp_path / "none.gal")
    with pytest.raises(OptionError, match=r"needed one of '\.gal', '\.gwt'"):
        read_weights(tmp_path / "w.csv")


def test_what_a_file_cannot_hold_is_refused(tmp_path):
    held = weights()
    with pytest.raises(OptionError, match=r'weights of 1 for a GAL file.*scaled\("binary"\)'):
        write_weights(held, tmp_path / "w.gal")
    with pytest.raises(OptionError, match=r"names on one line, got 'a\\nb'"):
        write_weights(SpatialWeights(held.matrix[:2][:, :2], ["a\nb", "c"]), tmp_path / "w.gwt")
    with pytest.raises(OptionError, match="at least one place"):
        write_weights(held.of([]), tmp_path / "w.gwt")
    assert not list(tmp_path.iterdir())


def test_codes_are_text_wherever_they_come_from():
    codes = [110000, 120000, 310000, 420100]
    places = pd.DataFrame({"place": codes, "lon": [116.4, 117.2, 121.5, 114.3], "lat": [39.9, 39.1, 31.2, 30.6]})
    held = spatial_weights(places, neighbors=2)
    assert held.places.tolist() == [str(code) for code in codes]
    numbers = pd.Series([1.0, 2.0, 4.0, 8.0], codes)
    assert held.lag(numbers).tolist() == held.lag(numbers.set_axis(held.places)).tolist()
    same(held.of([420100.0, 110000, 120000]), held.of(["420100", "110000", "120000"]))
    ties = pd.DataFrame({"origin": [1, 2.0], "destination": [2, 3], "value": [1, 1]})
    same(SpatialWeights.from_table(ties, places=[1, 2, 3]), SpatialWeights.from_table(ties.astype(int).astype(str)))
    assert SpatialWeights.from_graph(Graph.from_arrays([1, 2], [2, 1], [1, 1])).places.tolist() == ["1", "2"]
    with pytest.raises(
        OptionError, match="a key of every place, got 1 without one; places: needed each once, got more of 7"
    ):
        SpatialWeights(held.matrix, [7, None, "7", 8])
    with pytest.raises(OptionError, match="both ends of every tie, got 1 rows without origin"):
        SpatialWeights.from_table(ties.assign(origin=[None, 2]))
