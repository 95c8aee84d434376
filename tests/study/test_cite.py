"""What a study used is cited as it ran, in forms that other programs read."""

import json
import re
import warnings
from dataclasses import replace

import pytest
from samples import edit
from typer.testing import CliRunner

from innoscape.data import InnoscapeWarning, OptionError, StudyError
from innoscape.data.methods import works
from innoscape.study import bundled_study, cite_study, run
from innoscape.study.cli.app import app
from innoscape.study.report.cite_inputs import cite_inputs
from innoscape.study.report.reference import (
    Reference,
    data_references,
    is_same,
    once,
    reference_to_program,
    reference_to_work,
)
from innoscape.study.report.write_references import (
    REFERENCE_FORMS,
    escape_markdown,
    list_references,
    write_references,
)

ALL = [reference_to_work(work) for work in works().values()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InnoscapeWarning)
        return run(bundled_study(), tmp_path_factory.mktemp("cited") / "results", until="score")


def test_a_results_folder_is_cited_as_the_results_are_without_running_anything(folder, monkeypatch):
    monkeypatch.setattr("innoscape.study.stages.cite_study.run", None)
    for form in ("markdown", *REFERENCE_FORMS):
        assert cite_study(folder.folder, form=form) == cite_study(folder, form=form)


def test_the_paragraphs_say_the_steps_that_ran_and_list_every_work_they_cite(folder):
    english, chinese = (cite_study(folder, language=language) for language in ("en", "zh"))
    assert cite_study(folder) == f"{english}\n{chinese}"
    assert "scoring the index 2000 times (seed 2022)" in english
    assert "(Shannon, 1948; Zou et al., 2006)." in english
    assert "（Shannon，1948；Zou等，2006）。" in chinese
    assert "Diffusion" not in english
    for name in ("Shannon", "OECD, JRC", "Saisana", "Slocum"):
        assert len(re.findall(name, english.split("## References")[1])) == 1
    assert "张文忠, 2022. 中国不同层级科技创新中心的布局与政策建议[J]. 中国科学院院刊, 37(12): 1745-1756." in chinese
    assert "innoscape, version 0.1.0" in english


def test_a_study_is_run_briefly_and_cited_with_the_runs_it_asks_for(study):
    edit(study, "study.toml", "[tiers]", "[index.robustness]\nruns = 1234\n\n[tiers]")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InnoscapeWarning)
        said = cite_study(study, language="en")
    runs = re.search(r"^runs = (\d+)", (study / "study.toml").read_text("utf-8").split("[diffusion]")[1], re.MULTILINE)
    assert "scoring the index 1234 times" in said
    assert f"Runs: {runs[1] if runs else 1000}, seed" in said
    assert "**Diffusion**" in said


def test_the_command_prints_or_writes_and_refuses_what_it_cannot_do(folder, tmp_path):
    runner = CliRunner()
    printed = runner.invoke(app, ["cite", str(folder.folder), "--format", "bibtex"])
    assert printed.exit_code == 0
    assert printed.stdout == cite_study(folder, form="bibtex")
    target = tmp_path / "works.ris"
    assert runner.invoke(app, ["cite", str(folder.folder), "-f", "ris", "--out", str(target)]).exit_code == 0
    assert target.read_text("utf-8") == cite_study(folder, form="ris")
    for options, said in ((["-f", "bibtx"], "--format: needed"), (["-l", "fr"], "--language: needed")):
        failed = runner.invoke(app, ["cite", str(folder.folder), *options])
        assert isinstance(failed.exception, OptionError)
        assert said in str(failed.exception)


def test_a_folder_whose_manifest_is_broken_is_a_fault(tmp_path):
    (tmp_path / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(StudyError, match="needed a results folder as innoscape writes it"):
        cite_study(tmp_path)
    (tmp_path / "manifest.json").write_text(json.dumps({"study": {}}), encoding="utf-8")
    with pytest.raises(StudyError, match="run the study again"):
        cite_study(tmp_path)


def fields_of(bibtex):
    """The entries of a BibTeX file as a reader of BibTeX parts them: values between balanced braces."""
    entries = {}
    for kind, key, body in re.findall(r"^@(\w+)\{([^,\s]+),\n(.*?)^\}$", bibtex, re.MULTILINE | re.DOTALL):
        values = dict(re.findall(r"^  (\w+) = \{(.*)\},$", body, re.MULTILINE))
        for value in values.values():
            plain = re.sub(r"\\[{}]", "", value)
            assert plain.count("{") == plain.count("}")
        assert len(values) == len(body.splitlines())
        entries[key] = {"kind": kind, **values}
    return entries


def test_bibtex_holds_every_work_once_with_its_fields():
    entries = fields_of(write_references(ALL, "bibtex"))
    assert set(entries) == set(works())
    assert all(key.isascii() for key in entries)
    assert entries["becker2022"]["volume"] == "7"
    assert entries["becker2022"]["number"] == "78"
    assert entries["becker2022"]["author"].split(" and ")[2] == "Del Sorbo, M."
    assert entries["oecd2008"]["author"] == "{OECD} and {JRC}"
    assert entries["elhorst2010"]["kind"] == "incollection"
    assert entries["elhorst2010"]["doi"] == "10.1007/978-3-642-03647-7_19"
    assert entries["elhorst2010"]["pages"] == "377--407"
    assert entries["satopaa2011"]["kind"] == "inproceedings"
    assert entries["nicoletti1999"]["kind"] == "techreport"
    assert entries["rogers2003"]["edition"] == "5"
    assert entries["hagerstrand1967"]["author"] == "Hägerstrand, T."


def test_signs_of_tex_markdown_and_new_lines_are_escaped():
    odd = Reference("odd", "other", ("A {B} & Co",), "50% of $x_1$ #~^\\\n*bold* [link](x) <b>")
    entry = fields_of(write_references([odd], "bibtex"))["odd"]
    assert entry["title"] == (
        r"{50\% of \$x\_1\$ \#\textasciitilde{}\textasciicircum{}\textbackslash{} *bold* [link](x) <b>}"
    )
    assert entry["author"] == r"{A \{B\} \& Co}"
    assert r"\*bold\* [link\](x) \<b>" in list_references([odd], "en")
    assert "TI  - 50% of $x_1$ #~^\\ *bold* [link](x) <b>\n" in write_references([odd], "ris")


def test_gbt7714_follows_the_standard():
    chosen = {one.key: one for one in ALL}
    names = ("becker2022", "borda1784", "rogers2003", "elhorst2010", "hagerstrand1967")
    assert write_references([chosen[name] for name in names], "gbt7714").splitlines() == [
        (
            "[1] BECKER W, CAPERNA G, DEL SORBO M, et al. COINr: an R package for developing composite indicators[J]. "
            "Journal of Open Source Software, 2022, 7(78): 4567. DOI: 10.21105/joss.04567."
        ),
        (
            "[2] DE BORDA J C. Mémoire sur les élections au scrutin[J]. Histoire de l'Académie royale des sciences, "
            "1784, 1781: 657-665."
        ),
        "[3] ROGERS E M. Diffusion of Innovations[M]. 5th ed. Free Press, 2003.",
        (
            "[4] ELHORST J P. Spatial panel data models[M]//Handbook of Applied Spatial Analysis. 2010: 377-407. "
            "DOI: 10.1007/978-3-642-03647-7_19."
        ),
        "[5] HÄGERSTRAND T. Innovation Diffusion as a Spatial Process[M]. University of Chicago Press, 1967.",
    ]


def test_papers_behind_shipped_tables_and_tables_of_ones_own_are_cited():
    rows = [{"dataset": "claims", "source": ""}, {"dataset": "mine.csv", "source": "my survey, 2024"}]
    papers, others = data_references(cite_inputs(rows))
    written = write_references(papers, "gbt7714")
    assert (
        "冉美丽, 刘冬梅, 刘玉玲, 等. 京沪粤创新体系比较及北京科技创新中心发展路径研究[J]. 全球科技经济瞭望, 2022(9)."
        in written
    )
    assert "国家统计局. 中国统计年鉴2011[M]. 中国统计出版社, 2011." in written
    assert "李国平. 加速创新链产业链精准对接[Z]. [出版年不详]." in written
    assert "课题组 (执笔: 叶堂林, 王雪莹). 京津冀" in written
    assert "my survey" not in written
    assert [str(one) for one in others] == ["my survey, 2024"]
    assert not {one.key for one in papers} & set(works())


def test_a_table_of_a_template_cites_the_papers_whose_keys_it_holds():
    rows = [{"dataset": "a.csv", "source": "public record, ye, zhuang; li, …"}, {"dataset": "b.csv", "source": "ye"}]
    found = cite_inputs([*rows, {"dataset": "mine.csv", "source": "survey, 2024"}, {"dataset": "c.csv", "source": ""}])
    assert [work["source"] for work in found["works"]] == ["zhuang", "ye", "li"]
    assert found["numbers"] == {"a.csv": [1, 2, 3], "b.csv": [2], "mine.csv": [], "c.csv": []}
    assert found["others"] == ["public record", "survey, 2024"]


def test_the_program_is_cited_with_the_version_that_computed_the_results(folder):
    older = replace(folder, manifest={**folder.manifest, "versions": {"innoscape": "0.0.9"}})
    assert "innoscape, version 0.0.9" in cite_study(older, form="ris")
    assert reference_to_program("0.0.9").cited("zh") == "innoscape 0.0.9"


def test_no_work_is_listed_twice_and_texts_cite_it_as_the_list_names_it(folder, monkeypatch):
    rows = [{"dataset": "claims", "source": ""}]
    every = once([*data_references(cite_inputs(rows))[0], *ALL])
    assert not [(a.key, b.key) for at, a in enumerate(every) for b in every[:at] if is_same(a, b)]
    zhang = next(one for one in every if one.key == "source-zhang2022")
    assert (zhang.cited("en"), zhang.cited("zh")) == ("Zhang, 2022", "张文忠，2022")
    for language in ("en", "zh"):
        assert list_references(every, language).count("10.16418/j.issn.1000-3045.20220925002") == 1
    assert "- Zhang, W. Z. (张文忠) (2022). 中国不同层级" in list_references(every, "en")


def test_works_are_one_by_doi_or_by_title_and_year():
    one = Reference("a", "article", ("A",), "On Flows: a study", "2020", doi="10.1/AB")
    assert is_same(one, replace(one, title="else", doi="10.1/ab"))
    assert is_same(one, replace(one, doi="", title="On flows – A Study"))
    assert not is_same(one, replace(one, doi="", year="2021"))
    assert not is_same(one, replace(one, doi="10.1/c"))


def test_what_is_no_publication_is_named_in_the_language_of_the_text_and_is_in_no_list(folder):
    english, chinese = (cite_study(folder, language=language) for language in ("en", "zh"))
    for said, head in ((english, "## References"), (chinese, "## 参考文献")):
        assert "Own work" not in said.split(head)[1]
        assert "[Z]" not in said.split(head)[1].split("innoscape")[-1]
    rows = [{"dataset": "a.csv", "source": "synthetic"}, {"dataset": "b.csv", "source": "Wang. Data[DB]. 10.5000/x"}]
    papers, others = data_references(cite_inputs([*rows, {"dataset": "aggregate_places", "source": ""}]))
    assert [one.in_("zh") for one in others] == ["本项目据合作专利与技术合同两表整理", "合成数据（并非实测）"]
    assert write_references(papers, "gbt7714") == "[1] Wang. Data[DB]. 10.5000/x\n"
    assert papers[0].doi == "10.5000/x"


def test_references_alone_warn_of_sources_that_they_leave_out(folder):
    inputs = [{"dataset": "mine.csv", "source": "my survey"}, {"dataset": "b.csv", "source": "synthetic"}]
    own = replace(folder, manifest={**folder.manifest, "inputs": inputs})
    with pytest.warns(InnoscapeWarning, match="not known as publications: my survey;"):
        assert "my survey" not in cite_study(own, form="gbt7714", language="zh")


def test_chinese_works_come_first_in_the_order_of_pinyin_and_no_mark_is_escaped():
    papers, _ = data_references(cite_inputs([{"dataset": "claims", "source": ""}]))
    listed = list_references([*ALL, *papers], "zh").splitlines()
    firsts = [line[2] for line in listed]
    assert firsts[:7] == ["国", "李", "冉", "冉", "首", "张", "庄"]
    assert "\\" not in "".join(listed)


@pytest.mark.parametrize(
    "said",
    ["*a* _b_ __c__", "<i>x</i> 1 < 2", "[x](y) [a][b]", "[a]: http://b", "# h", "1. a", "- x", "&amp;", "`c`"],
)
def test_escaped_markdown_is_read_as_it_was_written(said):
    from markdown_it import MarkdownIt

    read = MarkdownIt().parse(f"- {escape_markdown(said)}")
    assert "".join(part.content for token in read if token.children for part in token.children) == said
