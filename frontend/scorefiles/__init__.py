"""Files in and out of `scoring` without a database: plans, marks, entries and parameters in; JSON, CSV and HTML out.

It decides how a file is read and what is said of a bad one. It does not decide what follows from the marks: `scoring` does.

| file | holds |
| --- | --- |
| problems.py | what is wrong with a file: where, what, what is allowed, in both languages |
| locating.py | line and column of every value in a TOML or JSON document |
| planfiles.py | a plan or scheme file → `Scheme` |
| tables.py | CSV, XLSX or JSON → rows of text |
| words.py | the names of columns and states, in Chinese and English |
| values.py | text → number, time, yes or no |
| catalogue.py | what the nodes of a scheme take in: which file, which judges, which attempts |
| marks.py, entries.py, params.py | rows → facts, with an error for every bad row |
| gathering.py | the facts of every stage; with `--final` what is missing did not start |
| output.py, pages.py | JSON and CSV; the HTML page |
"""
