"""What each page shows: one frozen struct per page, cut to its reader before it comes here.

Each page struct names its template in `TEMPLATE`. Marks are decimal strings, instants are aware and in UTC,
codes are translated by the template and data (names, units, reasons) arrives in the language it is shown in.
"""
