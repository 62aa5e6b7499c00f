"""Webhooks: who is told of events, how messages are signed, and when they are sent again."""
