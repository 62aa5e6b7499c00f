"""Child processes: start, restart, stop in order, log, and remove what a killed run left."""
