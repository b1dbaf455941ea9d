"""Which kind of device a browser says it runs on, as roughly as people need it to recognise their own."""

from django.http import HttpRequest

BROWSERS = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
]
SYSTEMS = [
    ("iPhone", "an iPhone"),
    ("iPad", "an iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "a Mac"),
    ("CrOS", "a Chromebook"),
    ("Linux", "Linux"),
]
UNKNOWN = "a device that does not say what it is"


def device_of(request: HttpRequest) -> str:
    return device_in_words(request.headers.get("User-Agent", ""))


def device_in_words(user_agent: str) -> str:
    """`Firefox on Windows`. Nothing that was sent is repeated as it stands: anybody can send anything."""
    browser = _first(BROWSERS, user_agent)
    system = _first(SYSTEMS, user_agent)
    if browser and system:
        return f"{browser} on {system}"
    return browser or system or UNKNOWN


def _first(names: list[tuple[str, str]], user_agent: str) -> str:
    return next((words for sign, words in names if sign in user_agent), "")
