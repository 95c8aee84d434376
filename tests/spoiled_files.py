"""Files as people, programs and broken drives leave them, made when they are asked for: kind -> name and bytes."""

import gzip
import io
import warnings
import zipfile

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from openpyxl.chart import BarChart
from openpyxl.styles import Font

HEAD = ["source", "target", "value"]
BODY = [["北京", "天津", 10.0], ["天津", "上海", 2.5], ["上海", "北京", 3.0]]
TABLE = pd.DataFrame(BODY, columns=HEAD)
PLAIN = "source,target,value\n北京,天津,10\n天津,上海,2.5\n上海,北京,3\n"
LINES = PLAIN.splitlines()
COLUMN = [str(cell) for cell in (10, 2.5, 3)]


def text(content, encoding="utf-8", name="t.csv"):
    return name, content.encode(encoding) if isinstance(content, str) else content


def first_value(cell):
    """The plain table with another first value."""
    return text(PLAIN.replace("天津,10", f"天津,{cell}"))


def book(change=lambda _: None, *, head=(), rows=(HEAD, *BODY), tail=(), name="t.xlsx"):
    """A workbook of the rows, changed before it is saved."""
    made = openpyxl.Workbook()
    for row in (*head, *rows, *tail):
        made.active.append(row)
    change(made.active)
    target = io.BytesIO()
    made.save(target)
    return name, target.getvalue()


def part(name, content):
    """A workbook with one of the files inside it replaced, or taken out where there is no content."""
    source, target = zipfile.ZipFile(io.BytesIO(book()[1])), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for inner in source.namelist():
            kept = content if inner == name else source.read(inner)
            if kept is not None:
                packed.writestr(inner, kept)
    return "t.xlsx", target.getvalue()


def stored(formula, result):
    """A workbook whose first value is a formula with the result that a program stored."""
    sheet = zipfile.ZipFile(io.BytesIO(book()[1])).read("xl/worksheets/sheet1.xml").decode()
    kind = "" if isinstance(result, float) else ' t="e"' if str(result).startswith("#") else ' t="str"'
    cell = f'<c r="C2"{kind}><f>{formula}</f><v>{result}</v></c>'
    return part("xl/worksheets/sheet1.xml", sheet.replace('<c r="C2" t="n"><v>10</v></c>', cell))


def others(*, at=1, state="visible"):
    """A change that puts a sheet of other things before the table or behind it."""

    def change(sheet):
        made = sheet.parent.create_sheet("other", at)
        made.append(["something", "else"])
        made.sheet_state = state
        sheet.parent.active = sheet

    return change


def hide(rows=(), columns=()):
    def change(sheet):
        for row in rows:
            sheet.row_dimensions[row].hidden = True
        for column in columns:
            sheet.column_dimensions[column].hidden = True

    return change


def put(**cells):
    """A change that puts values into cells."""

    def change(sheet):
        for at, value in cells.items():
            sheet[at] = value

    return change


def parquet(table=TABLE, **options):
    target = io.BytesIO()
    pq.write_table(table if isinstance(table, pa.Table) else pa.Table.from_pandas(table, **options), target)
    return "t.parquet", target.getvalue()


def layers(folder, *frames, name="t.gpkg"):
    """A GeoPackage of one layer a frame."""
    path = folder / "made.gpkg"
    with warnings.catch_warnings():
        # one of them has no reference system
        warnings.simplefilter("ignore", UserWarning)
        for number, frame in enumerate(frames):
            frame.to_file(path, layer=f"layer{number}", driver="GPKG")
    content = path.read_bytes()
    path.unlink()
    return name, content


POINTS = [shapely.Point(116.4, 39.9), shapely.Point(117.2, 39.1)]


def points(geometry=POINTS, crs=4326, to=None, **columns):
    frame = gpd.GeoDataFrame({"place": ["北京", "天津"], **columns}, geometry=geometry, crs=crs)
    return frame if to is None else frame.to_crs(to)


def bomb(megabytes):
    """Zeros that take a thousandth of their size."""
    return b"0" * (megabytes << 20)


ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {chr(98 + i)} "{("&" + chr(97 + i) + ";") * 10}">' for i in range(9)
)
LAUGHS = '<?xml version="1.0"?>' + ENTITIES + "]>"

ENCODINGS = {
    "plain": lambda: text(PLAIN),
    "byte order mark": lambda: text(PLAIN, "utf-8-sig"),
    "two byte order marks": lambda: text("\ufeff" + PLAIN, "utf-8-sig"),
    "GBK": lambda: text(PLAIN, "gbk"),
    "GB18030": lambda: text(PLAIN, "gb18030"),
    "UTF-16, low byte first": lambda: text("\ufeff" + PLAIN, "utf-16-le"),
    "UTF-16, high byte first": lambda: text("\ufeff" + PLAIN, "utf-16-be"),
    "UTF-16 without a mark": lambda: text(PLAIN, "utf-16-le"),
    "UTF-32": lambda: text(PLAIN, "utf-32"),
    "Shift JIS": lambda: text(PLAIN.replace("天津", "カナ"), "shift-jis"),
    "Windows-1252": lambda: text("source,target,value\nOrléans,Besançon,1\n", "cp1252"),
    "UTF-8 taken for Windows-1252": lambda: text(PLAIN.encode().decode("latin-1")),
    "half a character at the end": lambda: text(PLAIN.encode() + "京".encode()[:2]),
    "two encodings in one file": lambda: text(PLAIN.encode() + "广州,北京,1\n".encode("gbk")),
    "null in a cell": lambda: text(PLAIN.replace("天津,2", "天\0津,2")),
    "null in the header": lambda: text(PLAIN.replace("target", "tar\0get")),
    "nulls at the end": lambda: text(PLAIN + "\0" * 512),
    "nulls alone": lambda: text("\0" * 512),
    "random bytes": lambda: text(np.random.default_rng(1).bytes(2000)),
    "control characters": lambda: text(PLAIN.replace("天津,上海", "天\x0b津,上海")),
    "marks that write from right to left": lambda: text(PLAIN.replace("天津,上海", "\u202e天津,上海")),
    "a space of no width": lambda: text(PLAIN.replace("天津,上海", "\u200b天津,上海")),
    "spaces that do not break": lambda: text(PLAIN.replace("天津,上海", "\xa0天津\u3000,上海")),
}
LINE_ENDS = {
    "lines of Windows": lambda: text(PLAIN.replace("\n", "\r\n")),
    "lines of old Macs": lambda: text(PLAIN.replace("\n", "\r")),
    "lines of several kinds": lambda: text("\r\n".join(LINES[:2]) + "\n" + "\r".join(LINES[2:])),
    "no line end at the end": lambda: text(PLAIN.rstrip("\n")),
    "empty lines at the end": lambda: text(PLAIN + "\n" * 50),
    "empty lines at the start": lambda: text("\n\n" + PLAIN),
    "empty line between rows": lambda: text("\n".join([*LINES[:2], "", *LINES[2:]])),
    "line of separators between rows": lambda: text("\n".join([*LINES[:2], ",,", *LINES[2:]])),
    "rows of separators at the end": lambda: text(PLAIN + ",,\n" * 9),
}
SEPARATORS = {
    "semicolons": lambda: text(PLAIN.replace(",", ";")),
    "tabs in a .csv": lambda: text(PLAIN.replace(",", "\t")),
    "tabs in a .tsv": lambda: text(PLAIN.replace(",", "\t"), name="t.tsv"),
    "commas in a .tsv": lambda: text(PLAIN, name="t.tsv"),
    "bars": lambda: text(PLAIN.replace(",", "|")),
    "spaces": lambda: text(PLAIN.replace(",", " ")),
    "Chinese commas": lambda: text(PLAIN.replace(",", "，")),
    "separator named in the first line": lambda: text("sep=;\n" + PLAIN.replace(",", ";")),
    "comma in a header of semicolons": lambda: text(PLAIN.replace(",", ";").replace("value", '"value, in 亿元, net"')),
    "decimal commas": lambda: text(PLAIN.replace(",", ";").replace("2.5", "2,5")),
    "decimal commas in quotes": lambda: text(PLAIN.replace("2.5", '"2,5"')),
    "decimal commas among commas": lambda: text(PLAIN.replace("2.5", "2,5")),
    "every cell in quotes": lambda: text("\n".join(f'"{line}"'.replace(",", '","') for line in LINES)),
    "whole lines in quotes": lambda: text("\n".join(f'"{line}"' for line in LINES)),
    "single quotes": lambda: text("\n".join(f"'{line}'".replace(",", "','") for line in LINES)),
    "quote that does not end": lambda: text(PLAIN.replace("天津,上海", '"天津,上海')),
    "quote inside a cell": lambda: text(PLAIN.replace("天津,上海", '天"津,上海')),
    "line end inside a cell": lambda: text(PLAIN.replace("天津,上海", '"天津\n",上海')),
    "separator at the end of lines": lambda: text(PLAIN.replace("\n", ",\n")),
    "separator at the end of rows": lambda: text("\n".join([LINES[0], *(f"{line}," for line in LINES[1:])])),
    "column of row numbers": lambda: text("\n".join(f"{i or ''},{line}" for i, line in enumerate(LINES))),
}
HEADERS = {
    "no header": lambda: text("\n".join(LINES[1:])),
    "header alone": lambda: text(LINES[0]),
    "capitals": lambda: text(PLAIN.replace("source,target,value", "Source,TARGET,Value")),
    "spaces around names": lambda: text(PLAIN.replace("source,target,value", " source , target, value ")),
    "header in Chinese": lambda: text(PLAIN.replace("source,target,value", "流出地,流入地,数值")),
    "name in the header twice": lambda: text("source,target,value,value\n北京,天津,1,2\n"),
    "name missing in the header": lambda: text(PLAIN.replace("target", "")),
    "wrong name in the header": lambda: text(PLAIN.replace("target", "destination_x")),
    "title above": lambda: text("Table 1-2 Contracts,,\n" + PLAIN),
    "title and unit above": lambda: text("Table 1-2 Contracts,,\n单位：亿元,,\n" + PLAIN),
    "title above without separators": lambda: text("Table 1-2 Contracts\n" + PLAIN),
    "header below forty lines": lambda: text("note\n" * 40 + PLAIN),
    "two header rows": lambda: text("流,流,流\n" + PLAIN),
    "names and then units": lambda: text("source,target,value\n,,亿元\n" + "\n".join(LINES[1:])),
    "header again in the middle": lambda: text(PLAIN + PLAIN.replace("北京,天津,10\n", "天津,北京,1\n")),
    "title above and header again": lambda: text("Table 1\n" + PLAIN + LINES[0] + "\n天津,北京,1\n"),
    "remark lines": lambda: text("# made by hand\n" + PLAIN),
    "note below": lambda: text(PLAIN + "Source: yearbook of 2020\n"),
    "note below with separators": lambda: text(PLAIN + "注：初步数,,\n"),
    "footer that begins like no note": lambda: text(PLAIN + "Printed on Monday\n"),
    "row of totals": lambda: text(PLAIN + "合计,合计,15.5\n"),
    "wide header": lambda: text("source,target," + ",".join(f"c{i}" for i in range(16_400))),
}
ROWS = {
    "short row": lambda: text(PLAIN.replace("上海,北京,3", "上海,北京")),
    "long row": lambda: text(PLAIN.replace("上海,北京,3", "上海,北京,3,4")),
    "long row without a value": lambda: text(PLAIN.replace("上海,北京,3", "上海,北京,3,,")),
    "blank key": lambda: text(PLAIN.replace("天津,上海", ",上海")),
    "key of spaces": lambda: text(PLAIN.replace("天津,上海", "  ,上海")),
    "row twice": lambda: text(PLAIN + LINES[-1]),
    "row twice with another value": lambda: text(PLAIN + "上海,北京,4\n"),
    "flow to itself": lambda: text(PLAIN.replace("上海,北京", "上海,上海")),
    "cell of 200,000 letters": lambda: text(PLAIN.replace("天津,上海", "津" * 200_000 + ",上海")),
    "formula in a text file": lambda: first_value("=1+9"),
    "page in a cell": lambda: text(PLAIN.replace("上海", "<script>alert(1)</script>")),
}
NUMBERS = {
    cell: (lambda cell=cell: first_value(cell))
    for cell in (
        '"1,234.5"', '"1.234,5"', '"1,234"', "1 234", "1\xa0234", "1'234", "１０", "10%", "10亿元", "¥10", "(10)",
        "\u221210", "+10", "-10", "1e1", "1e400", "1e-400", "0x0A", "010", "10.", ".5", "1/2", "'10", "10*", "10①", "…",
        "—", "N/A", "#N/A", "#DIV/0!", "nan", "inf", "-inf", "TRUE", "2019-05-31", "十", "10 ", "", "约10", ">10",
        "10-12", "9" * 40,
    )
}  # fmt: skip
WORKBOOKS = {
    "workbook": book,
    "workbook with macros": lambda: book(name="t.xlsm"),
    "merged keys": lambda: book(lambda s: s.merge_cells("A4:A5"), tail=[["上海", "天津", 4.0]]),
    "merged over two columns": lambda: book(lambda s: s.merge_cells("A3:B3")),
    "merged title": lambda: book(lambda s: s.merge_cells("A1:C1"), head=[["Contracts (2019)"]]),
    "hidden row": lambda: book(hide(rows=[3])),
    "hidden column": lambda: book(hide(columns=["D"]), rows=[[*HEAD, "kind"], *([*row, "x"] for row in BODY)]),
    "hidden sheet before": lambda: book(others(at=0, state="hidden")),
    "deeply hidden sheet before": lambda: book(others(at=0, state="veryHidden")),
    "other sheet behind": lambda: book(others()),
    "other sheet before": lambda: book(others(at=0)),
    "empty sheet before": lambda: book(lambda s: s.parent.create_sheet("empty", 0)),
    "chart sheet before": lambda: book(lambda s: s.parent.create_chartsheet("chart", 0).add_chart(BarChart())),
    "empty workbook": lambda: book(rows=()),
    "filter": lambda: book(lambda s: setattr(s.auto_filter, "ref", "A1:C4")),
    "frozen panes": lambda: book(lambda s: setattr(s, "freeze_panes", "B2")),
    "styles alone beyond the table": lambda: book(lambda s: setattr(s["H50"], "font", Font(bold=True))),
    "spaces alone beyond the table": lambda: book(put(H50=" ")),
    "text beside the table": lambda: book(put(E3="why?")),
    "second table beside": lambda: book(put(F1="source", G1="target", H1="value", F2="a", G2="b", H2=1)),
    "second table below": lambda: book(tail=[[], [], HEAD, ["a", "b", 1]]),
    "table away from the corner": lambda: book(rows=[[], [], *([None, None, *row] for row in (HEAD, *BODY))]),
    "numbers as text": lambda: book(put(C2="10", C3="2.5", C4="3")),
    "dates for numbers": lambda: book(put(C2=pd.Timestamp("2019-05-31").to_pydatetime())),
    "truth for a number": lambda: book(put(C2=True)),
    "error in a cell": lambda: book(put(C2="#N/A")),
    "formula without a result": lambda: book(put(C2="=5+5")),
    "formula with its result": lambda: stored("5+5", 10.0),
    "formula with a text as its result": lambda: stored('"a"', "ten"),
    "formula with an error as its result": lambda: stored("1/0", "#DIV/0!"),
    "formula in a column that may be missing": lambda: book(
        rows=[[*HEAD, "unit"], *([*row, '="yuan"'] for row in BODY)]
    ),
    "formula in a column of its own": lambda: book(rows=[[*HEAD, "x"], *([*row, "=1"] for row in BODY)]),
    "name in the header twice, workbook": lambda: book(rows=[[*HEAD, "value"], ["a", "b", 1, 2]]),
    "number in the header": lambda: book(rows=[[*HEAD, 2019], ["北京", "天津", 1, 2]]),
    "date in the header": lambda: book(
        rows=[["source", "target", pd.Timestamp("2019-01-01").to_pydatetime()], BODY[0]]
    ),
    "cells of many lines": lambda: book(put(A2="北京\n", B1="target\n")),
    "escaped characters": lambda: book(put(A2="北京_x000D_")),
    "workbook cut": lambda: ("t.xlsx", book()[1][:3000]),
    "workbook of one byte more": lambda: ("t.xlsx", book()[1] + b"x"),
    "text named a workbook": lambda: text(PLAIN, name="t.xlsx"),
    "workbook named a text": lambda: ("t.csv", book()[1]),
    "page named a workbook": lambda: text("<html><table><tr><td>source</td></tr></table></html>", name="t.xlsx"),
    "workbook of 1997": lambda: text(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000, name="t.xls"),
    "workbook with a password": lambda: text(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000, name="t.xlsx"),
    "archive that is no workbook": lambda: part("xl/workbook.xml", None),
    "sheet that is missing": lambda: part("xl/worksheets/sheet1.xml", None),
    "sheet that is no XML": lambda: part("xl/worksheets/sheet1.xml", "<worksheet><sheetData><row>"),
    "sheet that unpacks to 70 megabytes": lambda: part("xl/worksheets/sheet1.xml", bomb(70)),
    "sheet of entities": lambda: part(
        "xl/worksheets/sheet1.xml",
        f"{LAUGHS}<worksheet><sheetData><row><c><v>&j;</v></c></row></sheetData></worksheet>",
    ),
}
COLUMNS = {
    "parquet": parquet,
    "parquet of no rows": lambda: parquet(TABLE.iloc[:0]),
    "parquet with an index": lambda: parquet(TABLE.set_index("source")),
    "parquet with an index of two levels": lambda: parquet(TABLE.set_index(["source", "target"])),
    "parquet of categories": lambda: parquet(TABLE.astype({"source": "category"})),
    "parquet of decimals": lambda: parquet(
        pa.table(
            {**{k: TABLE[k].tolist() for k in HEAD[:2]}, "value": pa.array([10, 2.5, 3]).cast(pa.decimal128(8, 2))}
        )
    ),
    "parquet of whole numbers with a gap": lambda: parquet(
        TABLE.assign(year=pd.array([2019, None, 2020], dtype="Int64"))
    ),
    "parquet of truths": lambda: parquet(TABLE.assign(value=[True, False, True])),
    "parquet of dates": lambda: parquet(TABLE.assign(value=pd.to_datetime(["2019-05-31"] * 3))),
    "parquet of times with a zone": lambda: parquet(TABLE.assign(value=pd.to_datetime(["2019-05-31"] * 3, utc=True))),
    "parquet of lists": lambda: parquet(TABLE.assign(value=[[1.0], [2.0], [3.0]])),
    "parquet of bytes": lambda: parquet(TABLE.assign(source=[name.encode() for name in TABLE["source"]])),
    "parquet of nothing": lambda: parquet(TABLE.assign(value=pd.Series([None] * 3, dtype=object))),
    "parquet with not a number": lambda: parquet(TABLE.assign(value=[10.0, np.nan, np.inf])),
    "parquet with a name twice": lambda: parquet(
        pa.Table.from_arrays([pa.array(["a"]), pa.array(["b"]), pa.array([1.0]), pa.array([2.0])], [*HEAD, "value"])
    ),
    "parquet cut": lambda: ("t.parquet", parquet()[1][:400]),
    "parquet damaged": lambda: ("t.parquet", parquet()[1][:40] + b"\xff" * 40 + parquet()[1][80:]),
    "text named parquet": lambda: text(PLAIN, name="t.parquet"),
}
OTHERS = {
    "empty file": lambda: text(""),
    "spaces alone": lambda: text("   \n \n"),
    "mark alone": lambda: text("\ufeff"),
    "line end alone": lambda: text("\n"),
    "empty workbook file": lambda: text("", name="t.xlsx"),
    "empty parquet file": lambda: text("", name="t.parquet"),
    "empty layer file": lambda: text("", name="t.gpkg"),
    "packed": lambda: ("t.csv.gz", gzip.compress(PLAIN.encode())),
    "packed and cut": lambda: ("t.csv.gz", gzip.compress(PLAIN.encode())[:40]),
    "packed and damaged": lambda: ("t.csv.gz", gzip.compress(PLAIN.encode())[:-6] + b"\0" * 6),
    "packed twice": lambda: ("t.csv.gz", gzip.compress(gzip.compress(PLAIN.encode()))),
    "text named packed": lambda: text(PLAIN, name="t.csv.gz"),
    "packed file of 70 megabytes": lambda: ("t.csv.gz", gzip.compress(bomb(70))),
    "ending in capitals": lambda: text(PLAIN, name="T.CSV"),
    "no ending": lambda: text(PLAIN, name="table"),
    "unknown ending": lambda: text(PLAIN, name="t.ods"),
    "document": lambda: text(b"%PDF-1.7", name="t.pdf"),
    "page named a text": lambda: text("<!DOCTYPE html>\n<html><body>404, not found</body></html>\n"),
    "pointer to a large file": lambda: text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"),
    "conflict of versions": lambda: text(PLAIN.replace("上海,北京,3\n", "<<<<<<< HEAD\n上海,北京,3\n=======\n")),
    "JSON lines": lambda: text('{"source":"北京","target":"天津","value":10}\n', name="t.jsonl"),
    "JSON lines with a gap": lambda: text(
        '{"source":"北京","target":"天津","value":10}\n{"source":"天津"}\n', name="t.jsonl"
    ),
    "JSON lines cut": lambda: text('{"source":"北京","target":"天津","value":10}\n{"source"', name="t.jsonl"),
    "JSON that is no lines": lambda: text('[{"source":"北京"}]', name="t.jsonl"),
    "JSON lines of numbers": lambda: text("1\n2\n", name="t.jsonl"),
    "JSON lines within lines": lambda: text('{"source":{"a":1},"target":["b"],"value":1}\n', name="t.jsonl"),
    "network of Pajek": lambda: text('*Vertices 2\n1 "北京"\n2 "天津"\n*Arcs\n1 2 10\n', name="t.net"),
    "network of Pajek cut": lambda: text('*Vertices 9\n1 "北京"\n*Arcs\n1 7 10\n', name="t.net"),
    "network of UCINET cut": lambda: text("dl n=3 format=fullmatrix\ndata:\n0 1\n", name="t.dl"),
    "header of UCINET without data": lambda: text(b"DL" + b"\0" * 50, name="t.##h"),
    "GraphML cut": lambda: text("<graphml><graph><node id='a'/>", name="t.graphml"),
    "GraphML of entities": lambda: text(f"{LAUGHS}<graphml><graph>&j;</graph></graphml>", name="t.graphml"),
    "GEXF without a network": lambda: text("<gexf/>", name="t.gexf"),
}
LAYERS = {
    "layer": lambda folder: layers(folder, points()),
    "layer of another reference system": lambda folder: layers(folder, points(to=3857)),
    "layer in degrees named meters": lambda folder: layers(folder, points(crs=3857)),
    "layer in meters named degrees": lambda folder: layers(folder, points(points(to=3857).geometry.tolist(), crs=4326)),
    "layer with exchanged axes": lambda folder: layers(folder, points([shapely.Point(p.y, p.x) for p in POINTS])),
    "layer without a reference system": lambda folder: layers(folder, points(crs=None)),
    "layer without points": lambda folder: layers(folder, points([None, None])),
    "layer with a point missing": lambda folder: layers(folder, points([POINTS[0], None])),
    "layer with an empty point": lambda folder: layers(folder, points([POINTS[0], shapely.Point()])),
    "layer with a point that is no number": lambda folder: layers(
        folder, points([POINTS[0], shapely.from_wkt("POINT (nan 1)")])
    ),
    "layer with a point at infinity": lambda folder: layers(folder, points([POINTS[0], shapely.Point(0, 1e300)], 3857)),
    "layer of areas": lambda folder: layers(folder, points([one.buffer(1) for one in POINTS])),
    "layer of points of several parts": lambda folder: layers(
        folder, points([shapely.MultiPoint([p]) for p in POINTS])
    ),
    "layer of points with heights": lambda folder: layers(folder, points([shapely.Point(p.x, p.y, 9) for p in POINTS])),
    "layer with other columns of coordinates": lambda folder: layers(folder, points(lon=[1.0, 2.0])),
    "two layers": lambda folder: layers(folder, points(), points().iloc[:1]),
    "layer file cut": lambda folder: ("t.gpkg", layers(folder, points())[1][:5000]),
    "text named a layer": lambda _: text("place,lon,lat\n北京,116,39\n", name="t.gpkg"),
    "GeoJSON": lambda _: text(points().to_json(), name="t.geojson"),
}
FLOW_FILES = {
    **{f"encoding: {kind}": make for kind, make in ENCODINGS.items()},
    **{f"line ends: {kind}": make for kind, make in LINE_ENDS.items()},
    **{f"separators: {kind}": make for kind, make in SEPARATORS.items()},
    **{f"header: {kind}": make for kind, make in HEADERS.items()},
    **{f"rows: {kind}": make for kind, make in ROWS.items()},
    **{f"number: {kind}": make for kind, make in NUMBERS.items()},
    **{f"workbook: {kind}": make for kind, make in WORKBOOKS.items()},
    **{f"columns: {kind}": make for kind, make in COLUMNS.items()},
    **{f"file: {kind}": make for kind, make in OTHERS.items()},
}
