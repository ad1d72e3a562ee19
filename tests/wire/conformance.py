"""Wire conformance of the sandbox, driven by botocore.

    python tests/wire/conformance.py http://127.0.0.1:PORT
    python tests/wire/conformance.py COMMAND [ARGUMENT]...

A command is started and must print {"endpoint": "http://127.0.0.1:PORT"} as its first line; it is
stopped at the end. The suite changes the world: give it one of its own, of 200 agreements or more.
"""

import json
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from suite import client  # noqa: E402


def main(arguments):
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    server = None
    endpoint = arguments[0]
    if not endpoint.startswith("http://"):
        server = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
        endpoint = json.loads(server.stdout.readline())["endpoint"]
    try:
        client.ENDPOINT = endpoint.rstrip("/")
        tests = unittest.TestLoader().discover(
            str(Path(__file__).parent / "suite"),
            pattern="*_test.py",
            top_level_dir=str(Path(__file__).parent),
        )
        result = unittest.TextTestRunner(verbosity=1).run(tests)
        return 0 if result.wasSuccessful() else 1
    finally:
        if server is not None:
            server.terminate()
            server.wait(timeout=10)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
