"""Builders of the organisations room."""

import itertools

import pytest

COUNT = itertools.count(1)


@pytest.fixture
def key():
    """A fresh Idempotency-Key as a header."""
    return lambda: {"Idempotency-Key": f"key-{next(COUNT)}"}
