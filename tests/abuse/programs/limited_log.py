"""Writes 150 bytes to the log of its first argument where there is space for 100, then one more."""

import resource
import sys
from pathlib import Path

from searchsite.local.supervision.logfile import LogFile

log = LogFile(Path(sys.argv[1]), print)
resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
log.write(b"x" * 150)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
log.write(b"y")
