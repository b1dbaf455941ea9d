"""Time zones to choose from: one city for each clock that our visitors are likely to live by."""

CITIES: dict[str, list[str]] = {
    "Europe": [
        "Amsterdam", "Athens", "Berlin", "Brussels", "Bucharest", "Budapest", "Copenhagen", "Dublin", "Helsinki",
        "Istanbul", "Kyiv", "Lisbon", "London", "Madrid", "Oslo", "Paris", "Prague", "Rome", "Sofia", "Stockholm",
        "Vienna", "Warsaw", "Zurich",
    ],
    "America": [
        "Anchorage", "Argentina/Buenos_Aires", "Bogota", "Chicago", "Denver", "Halifax", "Lima", "Los_Angeles",
        "Mexico_City", "New_York", "Phoenix", "Santiago", "Sao_Paulo", "St_Johns", "Toronto", "Vancouver",
    ],
    "Africa": ["Cairo", "Casablanca", "Johannesburg", "Lagos", "Nairobi"],
    "Asia": [
        "Dubai", "Hong_Kong", "Jakarta", "Jerusalem", "Karachi", "Kathmandu", "Kolkata", "Manila", "Seoul",
        "Shanghai", "Singapore", "Tokyo",
    ],
    "Atlantic": ["Azores", "Reykjavik"],
    "Australia": ["Adelaide", "Brisbane", "Melbourne", "Perth", "Sydney"],
    "Pacific": ["Auckland", "Honolulu"],
}  # fmt: skip

CHOICES: list[tuple[str, list[tuple[str, str]]]] = [
    (region, [(f"{region}/{city}", city.rsplit("/", 1)[-1].replace("_", " ")) for city in cities])
    for region, cities in CITIES.items()
]
