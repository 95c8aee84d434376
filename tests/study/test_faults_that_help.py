"""What a study file says wrong is told in one line at its key, with what may stand there and a way out that works."""

import pytest
from many_places import TABLES, write_many

from innoscape.data import StudyError, TableError
from innoscape.study import check

FLOWS = 'flows = "flows.csv"'
SECOND = 'interventions = [{ verb = "set_indicator", places = ["C"], indicators = ["labs"], value = 6.0 }]'
VERB = 'verb = "set_indicator", places = ["C"], indicators = ["labs"], value = 6.0'
LEVER = 'lever = "{}"\nplaces = ["A", "B"]\nvalue = -1.0'
SPREAD = '[[scenarios]]\nname = "first"'
KIN = f'[[diffusion.channels]]\nname = "kin"\nrate = 0.1\ndecay = "none"\npairs = "pairs.csv"\n{SPREAD}'
MASSES = """exponent = 1.0
known = [{ source = "A", target = "B", value = 8.0, spread_over = "others" }]
"""
WEIGHTS = "tier_weights = { international = 4.0, national = 2.0, regional = 1.5, local = 1.0 }\n"
TOTALS = "place,value\nA,9\nB,8\nC,7\nD,6\n"


def _lines(folder, *edits, **tables):
    with pytest.raises((StudyError, TableError)) as caught:
        check(write_many(folder / "study", [("study.toml", *one) for one in edits], **tables))
    return [str(line).replace(f"{folder / 'study'}/", "") for line in caught.value.lines]


@pytest.mark.parametrize(
    ("old", "new", "key", "needed"),
    [
        (FLOWS, f"{FLOWS}\nyears = []", "networks[1].years", "'sum', a list of at least 1 entry or a section with sum"),
        (FLOWS, f"{FLOWS}\nyears = {{ sum = [] }}", "networks[1].years.sum", "a list of at least 1 entry, got []"),
        (SECOND, "interventions = []", "scenarios[2].interventions", "at least one intervention, or a lever"),
        ("exponent = 1.0", 'exponent = "fit"', "networks[2].estimate.exponent", "a number or 'fitted', got 'fit'"),
        ("units = [", 'panel = "pool"\nunits = [', "index.panel", "did you mean 'pooled'?"),
        ('"natural_breaks"', '"jenks"', "tiers.method", "did you mean 'natural_breaks'?"),
        (
            VERB,
            'verb = "siphon", to = "A", places = ["A"], share = 0.5',
            "scenarios[2].interventions[1]",
            "fields that fit together, got 'A' cannot draw from itself",
        ),
        (VERB, f"{VERB}, added = 2.0", "scenarios[2].interventions[1]", "needed either value or added, got both"),
        (
            VERB,
            'verb = "add_corridor", places = ["A"], factor = 0.5',
            "scenarios[2].interventions[1].places",
            "a list of at least 2 entries, got ['A']",
        ),
        (SECOND, LEVER.format("I16"), "scenarios[2].lever", "needed scope, without which lever I16"),
        (SECOND, f'{LEVER.format("I16")}\nscope = ["C"]', "scenarios[2].value", "equal to 0, got -1.0"),
        (SECOND, LEVER.format("I15"), "scenarios[2].value", "equal to 0, got -1.0"),
        (SPREAD, KIN, "diffusion.channels[4].pairs", "pairs between centers of the study (4 places with a tier)"),
    ],
)
def test_a_fault_is_one_line_at_its_key(tmp_path, old, new, key, needed):
    places = TABLES["places.csv"] + "E,113,34,,Epsilon\nF,113,35,,Phi\n"
    (line,) = _lines(tmp_path, (old, new), pairs="source,target,value\nE,F,1\n", places=places)
    assert line.startswith(f"study.toml, key {key}: needed ")
    assert needed in line
    assert "a section;" not in line


def test_the_places_that_a_table_of_totals_lacks_are_told_together(tmp_path):
    totals = 'outgoing = "out.csv"\nincoming = "out.csv"\nwithin = "within.csv"\n'
    (line,) = _lines(tmp_path, (MASSES, totals), (WEIGHTS, ""), out=TOTALS, within="place,value\nA,1\n")
    assert line.startswith("within.csv, column place: needed a total for B, C, D, as out.csv has one")


def test_strength_alone_in_a_list_is_strength(tmp_path):
    gravity = 'gravity = {{ constraint = "production", destination_mass = {} }}'
    said = {_lines(tmp_path, (FLOWS, f"{FLOWS}\n{gravity.format(mass)}"))[0] for mass in ('"strength"', '["strength"]')}
    assert len(said) == 1
    assert "of strength for every place" in said.pop()
