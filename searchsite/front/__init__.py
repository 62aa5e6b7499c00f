"""The web server in front of Django: an event loop holds the connections, threads run requests."""
