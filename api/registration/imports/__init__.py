"""Thousands of registrations from a file: read and encrypted with the upload, carried out in pieces by the worker.

| step | where | why there |
| --- | --- | --- |
| read, name columns, check people, encrypt | the upload's request | the key is here, and an unreadable file is refused at once |
| weigh against entries, enter, report | the worker, in transactions of some hundred rows | progress is what is committed; a kill loses no row and doubles none |

A row's key is its item and its people's documents: a row sent again finds its entry and leaves it untouched (outcome duplicate).
"""
