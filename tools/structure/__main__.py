"""Compare the structure of the working tree with that of earlier revisions.

    python -m tools.structure [REVISION ...]

Prints a Markdown table with one column per revision and the working tree last, then lists of what
is still to be improved in the working tree. This is a report: whatever it finds, the exit status
is 0. Only an unknown revision is an error.
"""

import argparse
import subprocess
from pathlib import Path

from tools.structure.report import report
from tools.structure.tree import revision, working_tree

ROOT = Path(__file__).resolve().parent.parent.parent


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tools.structure",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("revisions", nargs="*", metavar="REVISION")
    parser.add_argument("--root", type=Path, default=ROOT, help="the repository")
    options = parser.parse_args()
    try:
        earlier = [revision(options.root, name) for name in options.revisions]
    except subprocess.CalledProcessError:
        parser.error("git does not know one of the revisions")
    print(report([*earlier, working_tree(options.root)]))


if __name__ == "__main__":
    main()
