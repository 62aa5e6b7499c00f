"""Read the metadata of existing pictures, and hang at the third one."""

from __future__ import annotations

import time
from pathlib import Path

from gallery.ingest.facts import reread
from gallery.media import decode
from gallery.media.decode import FileFacts

real_read_facts = decode.read_facts
count = 0


def hang_the_third_time(source: Path, format: str) -> FileFacts:
    global count
    count += 1
    print("reading", count, flush=True)
    if count == 3:
        time.sleep(600)
    return real_read_facts(source, format)


decode.read_facts = hang_the_third_time
reread.run(600)
