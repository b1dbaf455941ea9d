"""What the demo's workshops leave behind."""

from practice_site.demo.shapes.teaching import HandoutWords, RecordingWords

LAST_TERM = "complexity-in-grief-last-term"
CAPTIONS = """WEBVTT

00:00.000 --> 00:04.000
This is the afternoon, first part.

00:04.000 --> 00:08.000
Breathe out for longer than you breathe in.
"""

RECORDINGS = (
    RecordingWords(
        LAST_TERM, "Morning", url="https://zoom.example/rec/play/morning-of-grief", passcode="reed-and-rush"
    ),
    RecordingWords(
        LAST_TERM,
        "Afternoon, first part",
        film="afternoon.webm",
        captions=CAPTIONS,
        transcript="This is the afternoon, first part.\n\nBreathe out for longer than you breathe in.",
    ),
    RecordingWords(
        "internal-family-systems-last-term",
        "The whole day",
        url="https://vimeo.example/ifs-last-term",
        has_closed=True,
    ),
)
# To the open questions that every workshop asks, in their order.
OPEN_ANSWERS = (
    ("The pauses. I could think between the parts.", "A longer lunch."),
    ("The demonstration, and that it was stopped for questions.", "Nothing comes to mind."),
    ("To hear that uncertainty is not a failure of the therapist.", "Smaller groups in the afternoon."),
)
HANDOUTS = (
    HandoutWords("complexity-in-grief-one-day", "Before the day: two pages on complexity", text="Two pages."),
    HandoutWords("siblings-today", "A family map to draw on", text="A family map."),
    HandoutWords(LAST_TERM, "The reading list", text="Worden, Grief Counselling and Grief Therapy.", shown_from="end"),
    HandoutWords(LAST_TERM, "The model in one picture", url="https://www.withyrooms.example/model", shown_from="end"),
)
