"""Print the sandbox's data directory and exit with 7."""

import os
import sys

print(os.environ["SEARCHSITE_VAR"])
sys.exit(7)
