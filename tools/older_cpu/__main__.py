"""Run a command and its child processes as if this CPU were an older one.

python -m tools.older_cpu avx2 -- bin/test -m ""
"""

import argparse
import os
import sys

from tools.older_cpu import LEVELS, CannotMask, environment


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tools.older_cpu",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("level", choices=LEVELS, help="the newest instructions to show")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    command = arguments.command[1:] if arguments.command[:1] == ["--"] else arguments.command
    if not command:
        parser.error("a command is needed")
    try:
        variables = {**os.environ, **environment(arguments.level)}
        os.execvpe(command[0], command, variables)  # noqa: S606 - the developer's own command
    except (CannotMask, OSError) as error:
        print(f"older_cpu: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
