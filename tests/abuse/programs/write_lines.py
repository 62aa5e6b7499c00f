"""Writes a line of 1,000 bytes twenty times a second."""

import time

while True:
    print("x" * 1000, flush=True)
    time.sleep(0.05)
