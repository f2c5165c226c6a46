"""Walks through the real product in a real browser: Chromium, uvicorn, PostgreSQL, and the demo's season."""
