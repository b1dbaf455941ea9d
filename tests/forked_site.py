"""Loads the site once and then forks: each fork is a fresh process that serves, or does one command, and may die.

Run as `python -m tests.forked_site`; orders come as lines of JSON, and so do the answers.
"""

import gc
import json
import os
import signal
import socket
import sys
import traceback


def main() -> None:
    import django

    django.setup()
    application = _application()
    gc.freeze()  # or each fork would copy all that it looks through
    for line in sys.stdin:
        order = json.loads(line)
        answer = {"serve": _serve, "run": _run, "begin": _begin, "end": _end}[order["what"]](order, application)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _serve(order: dict, application) -> dict:
    listening = socket.create_server(("127.0.0.1", 0), backlog=512)
    port = listening.getsockname()[1]
    pid = os.fork()
    if not pid:
        _become(order)
        _as_child(lambda: _serve_for_ever(listening, application))
    listening.close()
    return {"pid": pid, "port": port}


def _run(order: dict, application) -> dict:
    return {"status": os.waitpid(_begin(order, application)["pid"], 0)[1]}


def _begin(order: dict, application) -> dict:
    """A command that nobody waits for."""
    from django.core.management import call_command

    pid = os.fork()
    if not pid:
        _become(order)
        with open(os.devnull, "w") as nowhere:
            _as_child(lambda: call_command(*order["command"], stdout=nowhere))
    return {"pid": pid}


def _end(order: dict, application) -> dict:
    """How the process ended: by itself, or by us now."""
    pid, status = os.waitpid(order["pid"], os.WNOHANG)
    if not pid:
        os.kill(order["pid"], signal.SIGTERM)
        _, status = os.waitpid(order["pid"], 0)
    return {"status": status}


def _become(order: dict) -> None:
    from django.conf import settings

    from orders import stripe_api

    os.environ["CHECKPOINT"] = order["checkpoint"]
    for name, value in order["settings"].items():
        setattr(settings, name, value)
    if order["patience"]:
        stripe_api.READ_SECONDS = order["patience"]


def _as_child(work) -> None:
    status = 1
    try:
        work()
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def _serve_for_ever(listening: socket.socket, application) -> None:
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

    class Quiet(WSGIRequestHandler):
        def log_message(self, *args) -> None:
            """The answers say what happened."""

    address = listening.getsockname()
    server = ThreadedWSGIServer(address, Quiet, bind_and_activate=False)
    server.socket.close()
    server.socket, server.server_name, server.server_port = listening, *address
    server.setup_environ()
    server.set_app(application)
    server.serve_forever(poll_interval=0.05)


def _load_stripe() -> None:
    """The library loads each of its parts when it is first asked for."""
    import stripe

    _ = stripe.StripeClient("sk_test_of_nobody", http_client=stripe.RequestsClient()), stripe.WebhookSignature


def _application():
    """Everything that a first request would load, and a first order: for all forks at once."""
    import cryptography.fernet  # noqa: F401
    import icalendar  # noqa: F401
    from django.core.checks import run_checks
    from django.core.management import get_commands
    from django.core.wsgi import get_wsgi_application
    from django.template import engines
    from django.urls import get_resolver

    from orders.management.commands import reconcile  # noqa: F401

    _load_stripe()
    application = get_wsgi_application()
    application.load_middleware()
    get_resolver()._populate()
    run_checks()  # asks each address for its view, the desk's too, and each app for what it says
    for name in ("orders/checkout.html", "orders/order.html", "emails/orders/order_confirmation.html"):
        engines["django"].get_template(name)
    get_commands()
    return application


if __name__ == "__main__":
    main()
