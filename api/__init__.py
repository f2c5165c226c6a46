"""The application: HTTP JSON, commands, queries, tables, jobs. One folder per domain room; see docs/architecture.md."""
