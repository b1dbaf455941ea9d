import argparse
import signal
import sys
import threading

from .standin import StandIn


def main(arguments: list[str] | None = None) -> int:
    parser = _parser()
    given = parser.parse_args(arguments)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    events, headers = vars(given).pop("webhook_events"), vars(given).pop("webhook_header")
    try:
        standin = StandIn(**vars(given))
    except ValueError as error:
        parser.error(str(error))
    standin.webhooks.events = events
    standin.webhooks.proxy_headers = dict(header.split(": ", 1) for header in headers)
    try:
        standin.start()
    except OSError as error:
        sys.stderr.write(f"The stand-in cannot listen on port {given.port}: {error.strerror}\n")
        return 1
    sys.stdout.write(f"Stripe stand-in on {standin.url}: test payments only, no money moves. Ctrl+C stops it.\n")
    sys.stdout.flush()
    stop.wait()
    standin.close()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.stripe_standin", description="A loopback-only Stripe look-alike."
    )
    parser.add_argument("--host", default="127.0.0.1", help="only 127.0.0.1")
    parser.add_argument("--port", type=int, default=12111)
    parser.add_argument("--state", help="a JSON file that keeps the objects over a restart")
    parser.add_argument("--secret-key", default="sk_test_standin_demo")
    parser.add_argument("--webhook-url", help="where events go, on this machine")
    parser.add_argument("--webhook-secret", default="whsec_standin_demo")
    parser.add_argument("--webhook-events", nargs="+", help="the kinds of events that are sent there; all without it")
    parser.add_argument("--webhook-header", action="append", default=[], help="what a proxy there adds: 'Name: it'")
    return parser


if __name__ == "__main__":
    sys.exit(main())
