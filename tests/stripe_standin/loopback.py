"""The stand-in talks to this machine only."""

import ipaddress
from urllib.parse import urlsplit


def is_loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def check_host(host: str) -> str:
    if host not in ("127.0.0.1", "localhost"):
        raise ValueError(f"The stand-in listens on 127.0.0.1 only, not on {host}")
    return "127.0.0.1"


def check_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "http" or not is_loopback(parts.hostname):
        raise ValueError(f"The stand-in sends webhooks to http:// on this machine only, not to {url}")
    return url
