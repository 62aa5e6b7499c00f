"""Supervise one child, with logs in the directory in argv, and print the child's process id."""

import sys
from pathlib import Path

from searchsite.local.supervision.process import Program
from searchsite.local.supervision.supervisor import Supervisor

supervisor = Supervisor(Path(sys.argv[1]), print)
supervisor.start(Program(name="child", command=["sleep", "60"]))
print(supervisor.pid("child"), flush=True)
supervisor.watch()
