"""The embedded PostgreSQL and Redis: binaries from wheels, settings, start and readiness."""
