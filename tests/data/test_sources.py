"""Raw exports are read to the records they hold, cell by cell."""

import warnings

import pandas as pd
import pytest

from innoscape.data import (
    Gazetteer,
    InnoscapeWarning,
    OptionError,
    contract_flows,
    copatent_flows,
    project_ties,
    read_records,
    synthetic_export,
    transfer_flows,
    two_mode,
)

SOURCES = ("cn_patents", "cn_patent_assignments", "cn_contracts", "regpat", "patentsview", "cordis", "openalex")


def suffix(source):
    return {"openalex": "jsonl", "patentsview": "tsv", "regpat": "txt"}.get(source, "csv")


def export(folder, source, **options):
    file = folder / f"{source}.{suffix(source)}"
    return file, synthetic_export(file, source, **options)


def quiet(*args, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InnoscapeWarning)
        return read_records(*args, **options)


@pytest.mark.parametrize("source", SOURCES)
def test_a_synthetic_export_is_read_to_the_records_it_holds(source, tmp_path):
    file, held = export(tmp_path, source, records=200, seed=3)
    read = quiet(file, source)
    assert read.columns.tolist() == held.columns.tolist()
    pd.testing.assert_frame_equal(read, held, check_dtype=False)
    account = read.attrs["account"]
    assert account["rows"] + account["split"] == account["records"] + account["repeated"] + account["rejected"]
    assert account["records"] == len(read)
    assert read.attrs["unplaced"] == {}


def test_records_of_exports_become_known_networks(tmp_path):
    quietly = warnings.catch_warnings()
    with quietly:
        warnings.simplefilter("ignore", InnoscapeWarning)
        file, held = export(tmp_path, "cn_patents", records=60)
        flows = copatent_flows(read_records(file, "cn_patents"), window=None)
        pairs = {}
        for _, rows in held.groupby("patent"):
            places = sorted(set(rows["place"]))
            for at, one in enumerate(places):
                for other in places[at + 1 :]:
                    pairs[one, other] = pairs.get((one, other), 0) + 1
        assert {(a, b): v for a, b, v in flows[["source", "target", "value"]].itertuples(index=False)} == pairs

        file, held = export(tmp_path, "cn_contracts", records=60)
        flows = contract_flows(read_records(file, "cn_contracts"), window=None)
        sums = held.groupby(["seller", "buyer"])["amount"].sum()
        assert flows.set_index(["source", "target"])["value"].to_dict() == sums.to_dict()

        file, held = export(tmp_path, "cn_patent_assignments", records=60)
        flows = transfer_flows(read_records(file, "cn_patent_assignments"), separator=";", window=None)
        links = {}
        for row in held.itertuples():
            for one in row.assignor_place.split(";"):
                for other in row.assignee_place.split(";"):
                    links[one, other] = links.get((one, other), 0) + 1
        assert flows.set_index(["source", "target"])["value"].to_dict() == links

        file, held = export(tmp_path, "cordis", records=40)
        ties = two_mode(
            read_records(file, "cordis").assign(date=2020), left="project", right="organization", separator=[]
        )
        assert len(ties) == len(held)
        assert project_ties(ties, onto="organization")["value"].sum() == sum(
            n * (n - 1) / 2 for n in held.groupby("project").size()
        )


def test_shares_of_regpat_sum_to_the_products(tmp_path):
    file, held = export(tmp_path, "regpat", records=30)
    records = quiet(file, "regpat").assign(date=2000)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InnoscapeWarning)
        flows = copatent_flows(records, counting="shares", share=["share", "reg_share"], window=None)
    expected = 0.0
    for _, rows in held.groupby("patent"):
        share = rows["share"].tolist()
        expected += sum(a * b for at, a in enumerate(share) for b in share[at + 1 :])
    assert flows["value"].sum() == pytest.approx(expected, abs=1e-3)


def test_further_tables_bring_dates_and_places(tmp_path):
    persons, classes = tmp_path / "app.txt", tmp_path / "ipc.txt"
    head = "app_nbr|appln_id|person_id|reg_code|ctry_code|reg_share|inv_share"
    persons.write_text(f"{head}\nEP1|007|1|DE212|DE|1|1\nEP2|008|1|DE212|DE|1|1\n")
    classes.write_text("Appln_id|Prio_Year|App_Year|IPC\n007|1999|2001|B01J\n007|1999|2000|A61K\n")
    with pytest.warns(InnoscapeWarning, match=r"1 of 2 rows find no application in ipc\.txt"):
        read = read_records(persons, "regpat", beside=classes)
    assert read["date"].tolist()[:1] == ["2000"]
    assert read["ipc"].tolist()[:1] == ["A61K"]
    assert read.attrs["undated"] == 1
    assert read_records(persons, "regpat", level="country")["place"].tolist() == ["DE", "DE"]


def test_participants_are_placed_in_cities_and_countries_and_take_dates_from_projects(tmp_path):
    file, held = export(tmp_path, "cordis", records=60)
    projects = synthetic_export(tmp_path / "project.csv", "cordis_projects", records=60).set_index("project")["date"]
    world = Gazetteer.world()
    for level, places in (("city", 28), ("country", 25)):
        read = read_records(file, "cordis", level=level, gazetteer=world, beside=tmp_path / "project.csv")
        assert read["date"].tolist() == held["project"].map(projects).tolist()
        assert read.attrs["unplaced"] == {}
        table = world.table[world.table["level"] == level]
        assert set(read["place"]) <= set(table["place"])
        # codes of regions begin with the code of their country, and each city stands for one region
        where = pd.DataFrame({"region": held["place"], "place": read["place"]}).drop_duplicates()
        assert len(where) == held["place"].nunique()
        assert where["place"].nunique() <= places
    greek = held["place"].str.startswith("EL")
    assert set(read.loc[greek, "place"]) == {"Greece"}


def test_records_are_written_instead_of_returned(tmp_path):
    file, held = export(tmp_path, "regpat", records=30)
    told = quiet(file, "regpat", to=tmp_path / "records.parquet", threads=1)
    assert len(told) == 0
    assert told.attrs["account"]["records"] == len(held)
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "records.parquet"), held, check_dtype=False)


def test_a_source_of_ones_own_is_a_table(tmp_path):
    (tmp_path / "mine.toml").write_text(
        """
        contract = "tie_records"
        id = "event"
        level = "code"
        separators = ["+"]
        [columns.event]
        kind = "id"
        required = true
        spellings = ["Event No"]
        [columns.guest]
        kind = "names"
        required = true
        [columns.town]
        [[parties]]
        name = "guest"
        place = "place"
        [[parties.places]]
        columns = ["town"]
        how = "written"
        """
    )
    (tmp_path / "events.csv").write_text("event_no,Guest,town\n01,a + b,X;Y\n")
    read = read_records(tmp_path / "events.csv", tmp_path / "mine.toml")
    assert read.to_numpy().tolist() == [["01", "a", "X"], ["01", "b", "Y"]]


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (("id =", "ids ="), "needed contract, id"),
        (('name = "guest"', 'name = "host"'), "host"),
        (('how = "written"', 'how = "writen"'), "did you mean 'written'"),
        (("spellings =", "spelling ="), "did you mean 'spellings'"),
    ],
)
def test_an_incomplete_description_is_refused(change, match, tmp_path):
    text = (
        'contract = "tie_records"\nid = "event"\n[columns.event]\nspellings = ["e"]\n[columns.guest]\n'
        '[[parties]]\nname = "guest"\nplace = "place"\n[[parties.places]]\ncolumns = ["guest"]\nhow = "written"\n'
    )
    assert change[0] in text
    (tmp_path / "mine.toml").write_text(text.replace(*change))
    with pytest.raises(OptionError, match=match):
        read_records("x.csv", tmp_path / "mine.toml")


def test_an_unknown_source_names_the_known():
    with pytest.raises(OptionError, match=r"needed one of .*'regpat'.*\(did you mean 'regpat'"):
        read_records("x.csv", "regpatt")
