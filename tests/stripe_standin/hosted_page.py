"""The page a buyer sees instead of Stripe's: plain, honest, and without any field for a card."""

from html import escape

from . import money

BANNER = "TEST PAYMENT: no money moves. This is not Stripe."
DECLINED = "The card was declined. Nothing was paid, and your order is still held: you can try again."
STYLE = """
:root { color-scheme: light dark; --ink: #1d1b16; --paper: #faf8f3; --line: #8a8373; --act: #2f4a2c; --on-act: #fff }
@media (prefers-color-scheme: dark) {
  :root { --ink: #f1eee6; --paper: #1b1a17; --line: #8f8878; --act: #b9d3b0; --on-act: #14210f }
}
* { box-sizing: border-box }
body { margin: 0; padding: 6.5rem 1rem 3rem; background: var(--paper); color: var(--ink);
  font: 1.0625rem/1.5 Georgia, serif }
.banner { position: fixed; inset: 0 0 auto; padding: .75rem 1rem; text-align: center; font-weight: bold;
  background: #ffd84d; color: #1d1b16; border-bottom: 4px solid #1d1b16 }
.banner p { margin: 0 }
main { max-width: 34rem; margin: 0 auto }
table { width: 100%; border-collapse: collapse; margin: 1.5rem 0 }
caption { text-align: left; font-weight: bold; padding-bottom: .5rem }
th, td { text-align: left; padding: .5rem 0; border-top: 1px solid var(--line); vertical-align: top;
  overflow-wrap: anywhere }
th { font-weight: normal }
td { text-align: right; padding-left: 1rem; white-space: nowrap }
tfoot * { font-weight: bold }
button, .button { display: block; width: 100%; min-height: 48px; margin: 0 0 .75rem; padding: .6rem 1rem;
  font: inherit; text-align: center; text-decoration: none; color: inherit; background: none;
  border: 2px solid var(--line); border-radius: 6px; cursor: pointer }
button.main { background: var(--act); border-color: var(--act); color: var(--on-act); font-weight: bold }
:focus-visible { outline: 3px solid currentColor; outline-offset: 3px }
.note { padding: .75rem 1rem; border-left: 6px solid var(--line) }
"""


def render(session: dict, items: list[dict], message: str = "") -> str:
    """The page for a session in any state."""
    heading, body = _state(session)
    note = f'<p class="note" role="status">{escape(message)}</p>' if message else ""
    return _page(heading, f"<h1>{escape(heading)}</h1>{note}{_lines(session, items)}{body}")


def not_found() -> str:
    text = "<h1>No such payment page</h1><p>The link is wrong, or the stand-in was started afresh.</p>"
    return _page("No such payment page", text)


def _state(session: dict) -> tuple[str, str]:
    if session["status"] == "expired":
        return "This payment page has expired", (
            f"<p>Nothing was paid. Start again from the shop.</p>{_link(session['cancel_url'], 'Back to the shop')}"
        )
    done = _link(success_url(session), "To your order")
    if session["status"] == "open":
        return "Pay for your order", _open_choices(session)
    if session["payment_status"] == "unpaid":
        return "This payment is on its way", (
            "<p>A delayed method was chosen. Its bank has not answered yet; say what it answers:</p>"
            + _form(("settle", "The bank pays", ""), ("bounce", "The bank refuses", ""))
            + done
        )
    return "This order is paid", f"<p>There is nothing left to pay here.</p>{done}{_after_paying()}"


def success_url(session: dict) -> str:
    return session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"])


def _open_choices(session: dict) -> str:
    total = money.shown(session["amount_total"], session["currency"])
    return (
        _form(
            ("pay", f"Pay {total}", "main"),
            ("delayed", "Pay with a delayed method", ""),
            ("decline", "Decline the card", ""),
        )
        + _link(session["cancel_url"], "Go back")
        + _form(("expire", "Let it expire", ""))
    )


def _after_paying() -> str:
    return "<p>What the buyer's bank, and ours, may do later:</p>" + _form(
        ("dispute", "Take the money back (a dispute)", ""),
        ("win", "Decide it for the shop", ""),
        ("lose", "Decide it for the buyer", ""),
        ("return", "Do not take the refund (the money comes back to the shop)", ""),
        ("pay_out", "Send the shop all that was taken (a payout)", ""),
    )


def _form(*choices: tuple[str, str, str]) -> str:
    buttons = "".join(
        f'<button name="action" value="{value}"{f" class={extra}" if extra else ""}>{escape(label)}</button>'
        for value, label, extra in choices
    )
    return f'<form method="post">{buttons}</form>'


def _link(url: str | None, label: str) -> str:
    return f'<a class="button" href="{escape(url)}">{escape(label)}</a>' if url else ""


def _lines(session: dict, items: list[dict]) -> str:
    rows = "".join(
        f'<tr><th scope="row">{item["quantity"]} × {escape(item["description"])}</th>'
        f"<td>{money.shown(item['amount_total'], item['currency'])}</td></tr>"
        for item in items
    )
    total = money.shown(session["amount_total"], session["currency"])
    foot = f'<tfoot><tr><th scope="row">Total</th><td>{total}</td></tr></tfoot>'
    return f"<table><caption>Your order</caption><tbody>{rows}</tbody>{foot}</table>"


def _page(title: str, body: str) -> str:
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<title>{escape(title)} (test payment)</title>
<style>{STYLE}</style>
</head>
<body>
<header class="banner"><p>{BANNER}</p></header>
<main>{body}</main>
</body>
</html>
"""
