"""moto's server on a free port of the loopback interface, until standard input ends: so it never outlives who started it."""

import os
import sys
import threading

from moto.server import main


def wait_for_end() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


threading.Thread(target=wait_for_end, daemon=True).start()
main(["-H", "127.0.0.1", "-p", "0"])
