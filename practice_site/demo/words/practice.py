from practice_site.demo.shapes.practice import (
    CityWords,
    FeeWords,
    LocationWords,
    PracticeWords,
    SaleTermsWords,
    ServiceWords,
    SiteWords,
)

from .pages import REFUND_NOTE
from .site_wide import NoticeWords, RedirectWords

PRACTICE = PracticeWords(
    name="Withy Rooms",
    tagline="Therapy and therapist training in London and online",
    email="hello@withyrooms.example",
    phone="020 7946 0714",
    address="2 Osier Yard\nLondon SE1",
    opening_hours="Monday to Friday, 09:00 to 18:00",
    legal_name="Withy Rooms Example Ltd",
    company_number="00000000",
    registered_in="England and Wales",
    registered_address="2 Osier Yard, London SE1",
    professional_body=(
        "Withy Rooms is an invented practice, so no professional body is named here and no registration is claimed. On "
        "a real practice’s site this is where each clinician’s professional body, registration number and a link to "
        "the public register belong."
    ),
    answer_days=2,
    closed_on="2026-12-25\n2026-12-28\n2027-01-01\n2027-03-26\n2027-03-29\n2027-05-03\n2027-05-31\n2027-08-30",
    sees_people_in="the United Kingdom",
    least_age=18,
)

SITE_WORDS = SiteWords(
    headline="Minds change in company.",
    introduction=(
        "Withy Rooms is a London psychotherapy practice with a school for therapists attached. Both halves work from "
        "one idea: much of how we manage feeling was learned beside other people, and some of it can be learned again "
        "in the same way."
    ),
    therapy_door="One to one, or as a couple. In our rooms in London, or online within the United Kingdom.",
    workshops_door="Live days on Zoom with time to practise, and CPD hours stated with the breaks left out.",
    workshops_words=(
        "Live on Zoom, in groups that are small enough to speak in. Each page says who teaches, what you can do "
        "afterwards, and what time it is where you are."
    ),
    articles_words=(
        "Written by the people who teach and practise here, checked by a second clinician, and dated so that you can "
        "see how fresh they are. We live by what they lead to: therapy, and workshops for therapists."
    ),
    therapy_headline="Therapy, at a human pace",
    therapy_introduction=(
        "We see adults and couples who are anxious, grieving, stuck in a pattern they can describe perfectly, or "
        "simply tired of managing alone."
    ),
    approach="""
You are not a fault to be found. A good deal of what troubles people made sense somewhere, once, with someone. So we
begin by getting to know what you learned to do with feeling, and in whose company. Then we try to offer something
different, reliably and for long enough to count.

Insight helps. In our experience, people are also helped by finding that the old thing does not happen this time. We
cannot promise that it will be so for you, and we look together, every few weeks, at whether the work is useful. If it
is not, we say so, and help you to find something that suits you better.

Withy Rooms began as two people sharing a staircase and a kettle. We are still small: three clinicians who see clients,
and colleagues who join us to teach. What we write is checked by a second clinician and dated, so that you can see how
fresh it is.
""",
    reply_promise=(
        "A clinician reads every message and answers with a name, a fee and two possible times for a first "
        "conversation. It lasts thirty minutes and costs nothing."
    ),
    fees_note="""
The first conversation is by video or telephone, with no obligation to go on. A quarter of our hours are kept at £45 for
people who need them. You need not prove anything.

Cancel with 48 hours’ notice and you pay nothing; with less, the session is charged. No VAT is charged.
""",
    insurance_words=(
        "We do not bill insurers. After each month you get a receipt with everything that a health plan asks for; ask "
        "your insurer beforehand whether it pays anything back, and for whom. It may ask for a diagnosis, which then "
        "stays in its records."
    ),
)

SALE_TERMS = SaleTermsWords(
    refund_note=REFUND_NOTE,
    takes_invoices=True,
    bank_details="Withy Rooms Example Ltd\nAn invented bank\nSort code 00-00-00\nAccount number 00000000",
)

CITIES = (
    CityWords("London", "Europe/London"),
    CityWords("Paris", "Europe/Paris"),
    CityWords("New York", "America/New_York"),
)

SERVICES = (
    ServiceWords(
        slug="relational-therapy",
        name="Relational therapy",
        summary="The hour itself is the material: how we meet, miss each other and put it right.",
        may_help=(
            "People whose difficulties show themselves mostly with other people: trusting, leaning, saying no, "
            "staying. It suits those who would like to understand a pattern as well as ease it."
        ),
        what_happens=(
            "You talk about what matters, at your own speed. From time to time your therapist will wonder aloud about "
            "what is going on between the two of you, because that is where old expectations can be seen at work. "
            "Sessions are weekly, and we look at how it is going every six weeks."
        ),
        evidence=(
            "Across nearly three hundred studies, a good working alliance goes with better results. That is a link "
            "and not proof of a cause, and it holds for many kinds of therapy, not for ours in particular. If you "
            "want a short, structured treatment for one problem, something else may fit you better, and we will say "
            "so."
        ),
    ),
    ServiceWords(
        slug="emdr",
        name="EMDR",
        summary="A structured way to loosen the grip of memories that still feel like now.",
        may_help=(
            "Adults with post-traumatic stress after something that happened to them or in front of them. It is used "
            "for other difficulties as well, with less research behind it."
        ),
        what_happens=(
            "The first sessions are for preparation: what you want, what steadies you, how to stop. Later you bring a "
            "memory to mind in short spells while following a movement or a tapping rhythm. You set the pace and may "
            "pause at any point."
        ),
        evidence=(
            "EMDR is one of the treatments that the English guideline on post-traumatic stress (NICE NG116) recommends "
            "for adults after trauma that was not related to combat. Researchers still disagree about what the eye "
            "movements add. Some people feel more stirred up for a while before they feel better, and it does not help "
            "everyone."
        ),
    ),
    ServiceWords(
        slug="parts-work",
        name="Parts work",
        summary="Internal Family Systems, for the side of you that wants one thing and the side that forbids it.",
        may_help=(
            "People who feel pulled in two, who are hard on themselves, or who notice that some other mood takes over "
            "and then leaves them to tidy up."
        ),
        what_happens=(
            "You and your therapist get to know the different sides of you with some curiosity, usually starting with "
            "the one that protects. Nothing is pushed out or argued down. It can be done with eyes open and in plain "
            "words."
        ),
        evidence=(
            "Research is at an early stage: a few small trials and pilot studies, some of them without a comparison "
            "group. The idea of parts is a way of speaking, not a finding about the brain. It is not the right place "
            "to start for everyone, and we talk that through first."
        ),
    ),
    ServiceWords(
        slug="body-based-work",
        name="Body-based work",
        summary="Noticing breath, posture and impulse, always with your agreement.",
        may_help=(
            "People who know what they think but not what they feel, and those whose distress arrives first as a tight "
            "chest, a held breath or an urge to leave."
        ),
        what_happens=(
            "Your therapist may invite you to notice what is happening in your body while you speak, or to try a small "
            "change in posture or pace. There is no touch. You can decline any of it without giving a reason."
        ),
        evidence=(
            "Studies are few and mostly small, and several popular accounts of how it works are disputed. We use it "
            "beside talking, as a way of paying attention, and not as a treatment on its own."
        ),
    ),
)

LOCATIONS = (
    LocationWords(
        slug="osier-yard",
        name="London, Osier Yard",
        address="2 Osier Yard\nLondon SE1",
        getting_there=(
            "About seven minutes on foot from London Bridge station. The yard is the cobbled turning beside the "
            "bicycle shop; our door is the green one at the end, and the bell says Withy. The cobbles are uneven for "
            "about ten metres; a smooth path runs along the wall. There is no parking on site. Assistance dogs are "
            "welcome."
        ),
        step_free=(
            "A step-free way in, a consulting room on the ground floor and an accessible toilet beside it. Two rooms "
            "are upstairs with no lift: tell us if you would like the ground floor."
        ),
        map_url="https://www.openstreetmap.org/?mlat=51.5050&mlon=-0.0860#map=17/51.5050/-0.0860",
    ),
    LocationWords(
        slug="online",
        kind="online",
        name="Online",
        address="",
        getting_there=(
            "By video call, from any private place with a steady connection. Your therapist sends the link before the "
            "first meeting and agrees with you what to do if the call drops. Captions can be switched on; if video "
            "does not suit you, some of us also meet by telephone. If you live or are staying outside the United "
            "Kingdom, please ask us first: therapists can work only where they are allowed to practise."
        ),
    ),
    LocationWords(
        slug="by-telephone",
        kind="phone",
        name="By telephone",
        address="",
        getting_there=(
            "Your therapist rings you at the hour that you agreed, from a number that is withheld if that is safer for "
            "you. A place where nobody listens is all that you need."
        ),
    ),
    LocationWords(
        slug="kent",
        kind="area",
        name="Kent",
        address="",
        getting_there=(
            "People from the towns along the railway come to us by train, to London Bridge. Others meet us online, "
            "and some do both: a first meeting in the room, and then from home."
        ),
        nearest="osier-yard",
    ),
)

FEES = (
    FeeWords("First conversation", 30, "0.00"),
    FeeWords("Individual", 50, "85.00"),
    FeeWords("Couple", 75, "125.00", people=("ravi-menon",)),
    FeeWords("EMDR, extended", 80, "130.00", services=("emdr",), people=("adaeze-okonjo",)),
)

NOTICES = (
    NoticeWords(
        words="The bell in Osier Yard is out of order. Please telephone when you are at the door.",
        link="/contact/",
        link_words="How to reach us",
        ends_in_days=21,
    ),
)
REDIRECTS = (RedirectWords(old="/our-team.html", new="/clinicians/", note="On the leaflet of 2024."),)
