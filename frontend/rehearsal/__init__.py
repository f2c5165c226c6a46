"""A venue rehearsed on real processes: robot judges mark every criterion of every station while the line is bad and processes are killed.

This room decides how hard a rehearsal is, what is written down on the way, and what has to hold at the end. It decides no rule of
marking: robots sign in, take their session along and send marks as a tablet does, and never see the database.

| file | what |
| --- | --- |
| `orders.py` | what robots are told, and the lines they write down |
| `line.py` | the bad line: a proxy that delays, cuts, doubles and overtakes requests |
| `robots.py` | judges over HTTP, several of them in one process |
| `browsing.py` | judges who press on the tablet's own pages, in a browser |
| `venue.py` | servers, API, worker, line and robots of one rehearsal |
| `killing.py` | when which process is killed, and when the rehearsal is over |
| `checks.py` | what must hold at the end |
| `report.py` | what a person reads |
"""
