"""Time raw exports to networks against pandas and polars doing the same on the same file in the same run.

    python benchmarks/exports.py --source cn_patents --rows 200000
    python benchmarks/exports.py --source regpat --rows 10000000 --ways innoscape
    python benchmarks/exports.py --source patentsview --rows 50000 500000 5000000

Several sizes end with how the time of cores grows from each to the next: as rows to that power. Every way runs in a
process of its own, which tells its time and how far its memory rose; networks are compared before times are shown.
Units of the gazetteer are loaded before, once a process, and told apart. The file is synthetic and clean: what pandas
and polars do here reads no other spelling of a header, separator, date or address, and counts no row that is lost.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

PIECE = 20_000
SUFFIX = {"cn_patents": "csv", "regpat": "txt", "patentsview": "tsv"}


def write(source: str, rows: int, folder: Path) -> tuple[Path, int]:
    """Write a synthetic export piece by piece, each with numbers of its own, until it is long enough."""
    from innoscape.data import synthetic_export

    path, done, at = folder / f"export.{SUFFIX[source]}", 0, 0
    synthetic_export(folder / f"piece.{SUFFIX[source]}", source, records=PIECE, seed=1)
    head, *lines = (folder / f"piece.{SUFFIX[source]}").read_text(encoding="utf-8").splitlines()
    with path.open("w", encoding="utf-8") as target:
        if source == "regpat":
            head, lines = f"{head}|App_year", [f"{line}|{2000 + n % 20}" for n, line in enumerate(lines)]
        target.write(f"{head}\n")
        while done < rows:
            some = lines[: rows - done]
            if source == "cn_patents":
                target.writelines(f"{line.replace('SYN', f'SYN{at:04d}')}\n" for line in some)
            else:
                target.writelines(f"{at:04d}{line}\n" for line in some)
            done, at = done + len(some), at + 1
    return path, done


def ours(source: str, path: Path) -> pd.DataFrame:
    from innoscape.data import copatent_flows, read_records

    records = path.with_suffix(".parquet")
    read_records(path, source, to=records)
    if source == "regpat":
        return copatent_flows(records, counting="shares", share=["share", "reg_share"], separator=[], window=None)
    return copatent_flows(records, separator=[], window=None)


def _cities() -> list[str]:
    from innoscape.data import load

    table = load("places")
    return sorted(table.loc[table["kind"].isin(["city", "municipality"]), "place"])


def with_pandas(source: str, path: Path) -> pd.DataFrame:
    if source == "cn_patents":
        rows = pd.read_csv(path, dtype=str).iloc[:, [2, 3, 5]].set_axis(["k", "name", "place"], axis=1)
        rows["name"], rows["place"] = rows["name"].str.split(r"[;；|、]", regex=True), rows["place"].str.split(";")
        rows = rows.explode(["name", "place"])
        rows["name"] = rows["name"].str.strip()
        rows["place"] = rows["place"].str.extract(f"^({'|'.join(_cities())})", expand=False)
    elif source == "regpat":
        rows = pd.read_csv(path, sep="|", dtype=str, quoting=3).iloc[:, [0, 3, 4, 6, 7]]
        rows = rows.set_axis(["k", "name", "place", "reg", "share"], axis=1)
        rows["share"] = rows["share"].astype(float) * rows["reg"].astype(float)
    else:
        rows = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False).iloc[:, [0, 3, 4, 5, 6]]
        rows = rows.set_axis(["k", "name", "city", "state", "country"], axis=1)
        rows["place"] = (rows["city"] + ", " + rows["state"] + ", " + rows["country"]).str.replace(", ,", ",")
    rows = rows.drop_duplicates(["k", "name", "place"])
    rows = rows[rows["k"].duplicated(keep=False)][["k", "place", *(["share"] if source == "regpat" else [])]]
    both = rows.merge(rows, on="k", suffixes=("", "_b"))
    both = both[both["place"] < both["place_b"]]
    value = both["share"] * both["share_b"] if source == "regpat" else 1.0
    both = both.assign(value=value).rename(columns={"place": "source", "place_b": "target"})
    return both.groupby(["source", "target"], as_index=False)["value"].sum()


def with_polars(source: str, path: Path) -> pd.DataFrame:
    import polars as pl

    mark = {"cn_patents": ",", "regpat": "|", "patentsview": "\t"}[source]
    quote = None if source == "regpat" else '"'
    rows = pl.scan_csv(path, separator=mark, quote_char=quote, infer_schema=False)
    names = rows.collect_schema().names()
    if source == "cn_patents":
        rows = rows.select(k=pl.col(names[2]), name=pl.col(names[3]), place=pl.col(names[5]))
        rows = rows.with_columns(
            pl.col("name").str.replace_all(r"[;；|、]", ";").str.split(";"), pl.col("place").str.split(";")
        )
        rows = rows.explode("name", "place").with_columns(
            pl.col("name").str.strip_chars(), pl.col("place").str.extract(f"^({'|'.join(_cities())})")
        )
    elif source == "regpat":
        share = pl.col(names[6]).cast(pl.Float64) * pl.col(names[7]).cast(pl.Float64)
        rows = rows.select(k=pl.col(names[0]), name=pl.col(names[3]), place=pl.col(names[4]), share=share)
    else:
        parts = [pl.when(pl.col(one) != "").then(pl.col(one)) for one in names[4:7]]
        place = pl.concat_str(parts, separator=", ", ignore_nulls=True)
        rows = rows.select(k=pl.col(names[0]), name=pl.col(names[3]), place=place)
    rows = rows.unique(["k", "name", "place"], keep="any").drop("name")
    both = rows.join(rows, on="k", suffix="_b").filter(pl.col("place") < pl.col("place_b"))
    value = pl.col("share") * pl.col("share_b") if source == "regpat" else pl.lit(1.0)
    both = both.select(source="place", target="place_b", value=value)
    return both.group_by("source", "target").agg(pl.col("value").sum()).collect().to_pandas()


WAYS = {"innoscape": ours, "pandas": with_pandas, "polars": with_polars}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def here(way: str, source: str, path: Path) -> None:
    """Run one way in this process, keep its network and print what it took."""
    warnings.simplefilter("ignore")
    loading = time.process_time()
    if way == "innoscape":
        from innoscape.data import place_addresses

        # units are loaded once a process, which is no part of the work; regions of REGPAT need none
        if source != "regpat":
            place_addresses(["北京市海淀区", "Munich, DE"])
    before, begin, cpu = _peak(), time.perf_counter(), time.process_time()
    flows = WAYS[way](source, path)
    taken = {"loading": cpu - loading}
    taken |= {"seconds": time.perf_counter() - begin, "cpu": time.process_time() - cpu, "gigabytes": _peak() - before}
    flows = flows[flows["source"] != flows["target"]].sort_values(["source", "target"], ignore_index=True)
    flows[["source", "target", "value"]].to_parquet(path.with_name(f"{way}.pq"))
    print(json.dumps(taken))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--source", choices=list(SUFFIX), default="cn_patents")
    parser.add_argument("--rows", type=int, nargs="+", default=[200_000])
    parser.add_argument("--ways", nargs="+", choices=list(WAYS), default=list(WAYS))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--here", nargs=2, help="run this way on this file in this process")
    options = parser.parse_args()
    if options.here:
        here(options.here[0], options.source, Path(options.here[1]))
        return
    os.environ["POLARS_MAX_THREADS"] = str(options.threads)
    sizes = [compared(options.source, rows, options.ways) for rows in options.rows]
    for way in options.ways:
        for (few, first), (more, then) in pairwise(zip(options.rows, sizes, strict=True)):
            if way in first and way in then:
                power = np.log(then[way]["cpu"] / first[way]["cpu"]) / np.log(more / few)
                print(f"  {way:12s} {few:,} to {more:,} rows: rows ^ {power:.2f}")


def compared(source: str, rows: int, ways: list[str]) -> dict[str, dict[str, float]]:
    """Run each way on one file, compare the networks, print and return what each took."""
    with tempfile.TemporaryDirectory() as folder:
        path, rows = write(source, rows, Path(folder))
        print(f"{source}: {rows:,} rows, {path.stat().st_size / 1e6:,.0f} MB", flush=True)
        found, first = {}, None
        for way in ways:
            command = [sys.executable, __file__, "--source", source, "--here", way, str(path)]
            ended = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - this file
            if ended.returncode:
                print(f"  {way:12s} failed: {ended.stderr[-300:]}")
                continue
            found[way] = json.loads(ended.stdout.splitlines()[-1])
            flows = pd.read_parquet(path.with_name(f"{way}.pq"))
            first = flows if first is None else first
            if len(flows) != len(first) or not np.allclose(flows["value"], first["value"], rtol=1e-5):
                raise SystemExit(f"{way} finds another network: {len(flows)} and {len(first)} ties")
        for way, taken in found.items():
            print(
                f"  {way:12s} {taken['seconds']:8.2f} s {taken['cpu']:8.2f} s of cores {taken['gigabytes']:6.2f} GB "
                f"{taken['cpu'] / found[ways[0]]['cpu']:6.2f} x {ways[0]}, {taken['loading']:.2f} s of loading before",
                flush=True,
            )
        return found


if __name__ == "__main__":
    main()
