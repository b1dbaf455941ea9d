import http.client
import http.server
import json
import threading
import time
from urllib.parse import urlencode, urlsplit

import stripe

KEY = "sk_test_standin_x"
SECRET = "whsec_standin_x"
SESSIONS = "/v1/checkout/sessions"


def make_client(url, **settings):
    return stripe.StripeClient(KEY, base_addresses={"api": url}, **settings)


def order(amount=4500, quantity=1, **changes):
    """The parameters of an ordinary session; a change to None leaves the parameter out."""
    params = {
        "mode": "payment",
        "line_items": [line(amount, quantity)],
        "success_url": "http://127.0.0.1:9/thanks?session_id={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://127.0.0.1:9/order",
        "customer_email": "ada@example.org",
        "client_reference_id": "order-1",
        "metadata": {"order": "order-1"},
        "payment_intent_data": {"description": "Workshop", "metadata": {"order": "order-1", "attempt": "1"}},
        **changes,
    }
    return {name: value for name, value in params.items() if value is not None}


def line(amount=4500, quantity=1, currency="gbp", **changes):
    price = {"currency": currency, "unit_amount": amount, "product_data": {"name": "Seat"}}
    return {"quantity": quantity, "price_data": {**price, **changes}}


def call(url, method, path, params=None, key=KEY, **headers):
    """One plain HTTP request: status, headers (lower case) and body text; no library in between."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    sent = {"Content-Type": "application/x-www-form-urlencoded", **headers}
    if key:
        sent["Authorization"] = f"Bearer {key}"
    try:
        connection.request(method, path, urlencode(params or {}), sent)
        response = connection.getresponse()
        return (
            response.status,
            {name.lower(): value for name, value in response.getheaders()},
            response.read().decode(),
        )
    finally:
        connection.close()


def get_json(url, path):
    status, _, text = call(url, "GET", path)
    assert status == 200
    return json.loads(text)


def buyer_clicks(session, action):
    parts = urlsplit(session["url"])
    return call(f"http://{parts.netloc}", "POST", parts.path, {"action": action}, key=None)


def error_of(work):
    """The error in the envelope: (HTTP status, type, code, param)."""
    try:
        work()
    except stripe.StripeError as error:
        inner = error.json_body["error"]
        return error.http_status, inner["type"], inner.get("code"), inner.get("param")
    raise AssertionError("it was not refused")


def types_of(standin):
    return [event["type"] for event in standin.events]


class Clock:
    """A clock that moves only when told to."""

    def __init__(self, now=None):
        self.now = int(now or time.time())

    def __call__(self):
        return self.now

    def forward(self, seconds):
        self.now += seconds


class Receiver:
    """A webhook endpoint: answers with `statuses` in turn, then 200, and keeps what came."""

    def __init__(self):
        self.statuses, self.got, self.headers, self.work = [], [], [], lambda event: None
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append((body, self.headers["Stripe-Signature"]))
                outer.headers.append(dict(self.headers))
                outer.work(json.loads(body))
                self.send_response(outer.statuses.pop(0) if outer.statuses else 200)
                self.send_header("Location", "/elsewhere/")
                self.end_headers()

            def log_message(self, *args):
                pass

        self._server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/stripe/webhook/"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    @property
    def events(self):
        return [json.loads(body) for body, _ in self.got]

    @property
    def types(self):
        return [event["type"] for event in self.events]

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
