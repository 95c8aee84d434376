"""Time how addresses are placed against what a user would write with pandas on the same addresses in the same run.

    python benchmarks/addresses.py --rows 1000000

Addresses are synthetic and nearly all distinct; one core. The peer looks for the full and short name of every
prefecture with one regular expression and takes the first hit: it knows neither counties nor provinces, nor addresses
in Latin letters. Accuracy of both is counted against the true places.
"""

import argparse
import re
import time
import warnings

import pandas as pd

from innoscape.data import Gazetteer, place_addresses, synthetic_addresses


def by_pattern(addresses, prefectures):
    keys = {}
    for place, full, aliases in prefectures.itertuples(index=False):
        for name in (full, str(aliases).split("; ")[0]):
            keys.setdefault(name, place)
    pattern = "|".join(re.escape(name) for name in sorted(keys, key=len, reverse=True))
    return addresses.str.extract(f"({pattern})", expand=False).map(keys)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    drawn = synthetic_addresses(options.rows, seed=options.seed)
    table = Gazetteer.china(("prefecture",)).table
    table = table.loc[table["valid_to"].isna(), ["place", "name_zh", "aliases"]]
    place_addresses(drawn["address"].head(100))
    print(f"{options.rows:,} addresses, {drawn['address'].nunique():,} distinct")
    ways = {
        "place_addresses": lambda: place_addresses(drawn["address"])["place"],
        "pandas, one pattern": lambda: by_pattern(drawn["address"], table),
    }
    for name, way in ways.items():
        begin, cpu = time.perf_counter(), time.process_time()
        found = way()
        wall, cpu = time.perf_counter() - begin, time.process_time() - cpu
        right = (found == drawn["place"]).sum() / len(drawn)
        wrong = (found.notna() & (found != drawn["place"])).sum() / len(drawn)
        print(
            f"  {name:22s} {wall:7.2f} s, {cpu:7.2f} s of one core, {60 * len(drawn) / cpu:12,.0f} a minute;"
            f" right {right:.1%}, wrong {wrong:.1%}, not placed {1 - right - wrong:.1%}"
        )
        by_form = pd.crosstab(drawn["form"], found.eq(drawn["place"]).map({True: "right", False: "other"}))
        print(by_form.to_string())


if __name__ == "__main__":
    main()
