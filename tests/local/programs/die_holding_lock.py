"""Take the lock of the directory in argv and get killed while holding it."""

import os
import signal
import sys
from pathlib import Path

from searchsite.local.directories import Lock

with Lock(Path(sys.argv[1])):
    os.kill(os.getpid(), signal.SIGKILL)
