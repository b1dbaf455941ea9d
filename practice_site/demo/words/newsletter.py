from practice_site.demo.shapes.sales import GeneralCodeWords, OfferWords, SubscriberWords

DISCOUNT = "First course"
PROMISE = (
    "About once a month: new workshop dates, and an article worth your time. Confirm your address and we send you a "
    "personal code for your first paid course with us, good for one full-price ticket and for 90 days."
)
CONSENT_TEXT = (
    "Please send me the Withy Rooms letter by email, with what I have chosen to read. I can leave in one step, "
    "whenever I like."
)

OFFERS = (OfferWords("Every page for therapists", "everywhere", 20, PROMISE, CONSENT_TEXT),)

SUBSCRIBERS = (
    SubscriberWords("orla.byrne@example.org", "article", "therapist"),
    SubscriberWords("tomasz.wilk@example.org", "home"),
)

GENERAL_CODES = (GeneralCodeWords("OSIER15", "Readers of the spring programme", percent=15, most_uses=40, weeks=26),)
