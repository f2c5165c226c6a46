"""Claim: `shibaiqian score` takes 100,000 rows of marks in at most 10 s and 300 MB.

The floor is measured in the same run: the csv module reading the same file into lists and doing nothing with it. Both run in processes
of their own, and the peak memory is that of the process.

    .venv/bin/python -m benchmarks.score --rows 100000
"""

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import click
import msgspec

PLAN = """code = "bench"
version = 1
title = "决赛"
[[ties]]
key = "total"
[[ties]]
key = "practical"
[root]
node = "weighted_sum"
key = "total"
title = "总分"
rounding = { digits = 2 }
[[root.parts]]
weight = 30
node = { node = "imported", key = "theory", title = "理论", maximum = 100 }
[[root.parts]]
weight = 70
[root.parts.node]
node = "sum"
key = "practical"
title = "实操"
panel = { size = 5, method = "trimmed_mean", drop_high = 1, drop_low = 1, rounding = { digits = 2 } }
parts = [
"""
CRITERIA, JUDGES = 12, 5
READ = "import csv, sys; rows = list(csv.reader(open(sys.argv[1], encoding='utf-8', newline=''))); print(len(rows), file=sys.stderr)"
SCORE = "from frontend.cli import main; main()"


class Run(msgspec.Struct):
    """One process."""

    seconds: float
    peak_mb: float


def write(folder: Path, rows: int) -> int:
    """Plan and marks; 61 rows an entry. How many rows there are."""
    parts = "".join(
        f'  {{ node = "judged", key = "C{n:02}", title = "第 {n} 项", maximum = 10, step = 0.5 }},\n'
        for n in range(CRITERIA)
    )
    (folder / "plan.toml").write_text(PLAN + parts + "]\n", "utf-8")
    entries = rows // (CRITERIA * JUDGES + 1)
    with (folder / "marks.csv").open("w", encoding="utf-8") as file:
        file.write("entry,judge,node,value\n")
        for entry in range(entries):
            file.write(f"E{entry:05},,theory,{40 + entry * 7 % 60}\n")
            for judge in range(JUDGES):
                for n in range(CRITERIA):
                    file.write(f"E{entry:05},J{judge},C{n:02},{(entry * 31 + judge * 7 + n * 13) % 21 / 2}\n")
    return entries * (CRITERIA * JUDGES + 1)


def measured(words: list[str]) -> Run:
    """Run in a process of its own. The kernel gives the peak of the largest child so far, so each runs below a shell of its own."""
    watcher = (
        "import resource, subprocess, sys, time; begin = time.perf_counter(); "
        "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL); "
        "print(time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)"
    )
    out = subprocess.run(
        [sys.executable, "-c", watcher, *words], check=True, capture_output=True, text=True
    ).stdout.split()
    return Run(float(out[0]), float(out[1]))


@click.command(help=__doc__)
@click.option("--rows", default=100_000, show_default=True)
@click.option("--rounds", default=3, show_default=True)
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write the numbers here.")
def main(rows: int, rounds: int, json_file: Path | None) -> None:
    """Run and print the table."""
    with tempfile.TemporaryDirectory(prefix="sbq-bench-") as name:
        folder = Path(name)
        count = write(folder, rows)
        plan, marks = str(folder / "plan.toml"), str(folder / "marks.csv")
        contenders = {
            "floor": [sys.executable, "-c", READ, marks],
            **{
                form: [
                    sys.executable,
                    "-c",
                    SCORE,
                    "score",
                    plan,
                    "--marks",
                    marks,
                    "--out",
                    form,
                    "--output",
                    str(folder / "out"),
                ]
                for form in ("json", "csv", "html")
            },
        }
        runs: dict[str, list[Run]] = {each: [] for each in contenders}
        for _ in range(rounds):
            for each, words in contenders.items():
                runs[each].append(measured(words))
    table = {
        each: Run(statistics.median(run.seconds for run in of), statistics.median(run.peak_mb for run in of))
        for each, of in runs.items()
    }
    click.echo(f"{count:,} rows of marks, median of {rounds}")
    for each, run in table.items():
        ratio = run.seconds / table["floor"].seconds
        good = each == "floor" or (run.seconds <= 10 * count / 100_000 and run.peak_mb <= 300)
        click.echo(
            f"{each:6} {run.seconds:7.2f} s  {run.peak_mb:6.0f} MB  {ratio:5.1f} × floor  {'met' if good else 'MISSED'}"
        )
    if json_file:
        json_file.write_bytes(
            msgspec.json.format(msgspec.json.encode({"rows": count, "runs": table}), indent=2)
        )


if __name__ == "__main__":
    main()
