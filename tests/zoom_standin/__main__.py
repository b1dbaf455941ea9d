import argparse
import signal
import sys
import threading

from . import ZoomStandIn


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.zoom_standin", description="A loopback-only Zoom.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--state", help="a JSON file that keeps what there is over a restart")
    parser.add_argument("--webhook-url", default="", help="where the site hears of it, on this machine")
    parser.add_argument("--host", action="append", dest="hosts", default=[], help="a host's address")
    for name in ("account", "client", "client-secret", "webhook-secret"):
        parser.add_argument(f"--{name}", default=name)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with ZoomStandIn(**vars(parser.parse_args())) as standin:
        sys.stdout.write(f"Zoom stand-in on {standin.url}: nobody is seen or heard. Ctrl+C stops it.\n")
        sys.stdout.flush()
        stop.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
