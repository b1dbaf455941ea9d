"""A practice in four towns of Illinois without workshops. It and everybody in it is invented; the towns are real."""

from dataclasses import replace
from datetime import date

from practice_site.demo.shapes.practice import (
    AccountWords,
    CityWords,
    FeeWords,
    LocationWords,
    PersonWords,
    PracticeWords,
    RegistrationWords,
    SaleTermsWords,
    ServiceWords,
    SiteWords,
)
from practice_site.demo.shapes.reading import ArticleWords, Cover, ReferenceWords, TopicWords

from . import crisis, naperville_pages
from .site_wide import MenuWords, NoticeWords, RedirectWords, SectionWords

PRACTICE = PracticeWords(
    name="Prairie Lantern Counseling",
    tagline="Counseling in Naperville, Plainfield, Aurora and Oswego, and online in Illinois",
    email="hello@prairielantern.example",
    phone="630-555-0144",
    address="100 Example Avenue, Suite 2\nNaperville, Illinois",
    opening_hours="Monday to Thursday, 9 AM to 7 PM",
    legal_name="Prairie Lantern Counseling Example LLC",
    company_number="",
    registered_in="Illinois",
    registered_address="",
    professional_body="An invented practice: the licenses shown here are examples, and no real person holds them.",
    answer_days=1,
    closed_on="November 26, 2026\nDecember 25, 2026\nJanuary 1, 2027\nMay 31, 2027\nJuly 5, 2027\nSeptember 6, 2027",
    sees_people_in="Illinois",
    least_age=13,
    time_zone="America/Chicago",
    locale="en-US",
    fees_in="USD",
    has_workshops=False,
)

NOTICES = (
    NoticeWords(
        words="The Aurora office is closed this month while its heating is replaced. Its clinicians see people online.",
        link="/locations/aurora/",
        link_words="About the Aurora office",
        ends_in_days=28,
    ),
)
REDIRECTS = (RedirectWords(old="/meet-the-team", new="/clinicians/", note="The earlier site."),)
MENU = (
    MenuWords("clinicians", 20),
    MenuWords("fees", 25, "Fees & insurance"),
    MenuWords("about:about", 40, "About"),
)
SECTIONS = (SectionWords("clinicians", 10), SectionWords("writing", 20), SectionWords("articles", 30))

SITE_WORDS = SiteWords(
    headline="Steady company, close to home.",
    introduction=(
        "Four clinicians in four towns. We work with people who have been through too much, and with what their bodies "
        "and relationships learned from it."
    ),
    therapy_door="Individuals, couples and teenagers. In Naperville, Plainfield, Aurora and Oswego, or online in "
    "Illinois.",
    workshops_door="",
    workshops_words="",
    articles_words=(
        "Written by the clinicians of this practice, in plain words, with the sources beside them. They lead to our "
        "therapy, which is what we live by."
    ),
    therapy_headline="Counseling that takes its time",
    therapy_introduction=(
        "For adults, couples and teenagers from 13: after trauma, with anxiety that does not let go, or in the middle "
        "of a change."
    ),
    approach="""
We think about people the way interpersonal neurobiology does: a mind grows between a body and other people, and it goes
on changing there. It is a way of looking, and not a treatment by that name.

In practice that means:

- We go at the pace of the most frightened part of you.
- We notice when we have missed you, and come back to it.
- Every few sessions we ask whether this is helping.
""",
    reply_promise=(
        "One of us calls or writes, in the way you said is safe, and offers two times for a first call. It takes "
        "twenty minutes and costs nothing."
    ),
    insurance_words="""
We are out of network with all insurers. On request we give you a superbill: a receipt with what your plan asks for.
Your plan decides what it pays back, so ask it before you begin. A superbill names a diagnosis, which your plan keeps.
""",
    fees_note="""
A part of our hours is kept on a sliding scale: ask, you need not prove anything. Cancel with 24 hours’ notice and you
pay nothing; with less, the session is charged.

You have the right to a Good Faith Estimate of what your care will cost: see the notice at the foot of this page.
""",
)

SALE_TERMS = SaleTermsWords(refund_note="", takes_invoices=False, bank_details="")
CITIES = (CityWords("Chicago", "America/Chicago"),)

SERVICES = (
    ServiceWords(
        slug="emdr",
        name="EMDR",
        summary="A structured way to work with memories that still feel like now.",
        may_help="Adults and teenagers with post-traumatic stress after something that happened to them.",
        what_happens=(
            "We prepare first: what steadies you, and how to stop. Later you hold a memory in mind in short spells "
            "while following a movement or a tapping rhythm. You may pause at any point."
        ),
        evidence=(
            "EMDR is recommended for post-traumatic stress in the English guideline NICE NG116, for trauma that was "
            "not related to combat. Researchers still disagree about what the eye movements add, and it does not help "
            "everyone."
        ),
    ),
    ServiceWords(
        slug="internal-family-systems",
        name="Internal Family Systems",
        summary="Getting to know the parts of you that want different things.",
        may_help="People who feel pulled in two, or who are hard on themselves.",
        what_happens="We meet each part with curiosity, starting with the one that protects. Nothing is pushed out.",
        evidence=(
            "Research is at an early stage: a few small trials and pilot studies. Parts are a way of speaking, not a "
            "finding about the brain."
        ),
    ),
    ServiceWords(
        slug="body-based-work",
        name="Body-based work",
        summary="Noticing breath, posture and impulse, with your agreement and without touch.",
        may_help="People whose distress arrives first in the body.",
        what_happens="You may be invited to notice, or to try a small change in posture. You can always decline.",
        evidence=(
            "Studies are few and mostly small. Some of us find ideas from polyvagal theory a useful picture; its "
            "claims about the nerves are disputed, and we do not rely on them."
        ),
    ),
)


def _office(town: str, street: str, step_free: str, at: tuple[str, str], opening_hours: str = "") -> LocationWords:
    latitude, longitude = at  # of the middle of the town: the street is invented
    return LocationWords(
        slug=town.lower(),
        opening_hours=opening_hours,
        name=town,
        address=f"{street}\n{town}, Illinois",
        getting_there="Free parking behind the building. The waiting room has its own entrance.",
        step_free=step_free,
        map_url=f"https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}#map=15/{latitude}/{longitude}",
    )


LOCATIONS = (
    _office(
        "Naperville",
        "100 Example Avenue, Suite 2",
        "Step-free, with an elevator and an accessible restroom.",
        ("41.7729", "-88.1479"),
    ),
    _office("Plainfield", "20 Sample Street", "Step-free, on the ground floor.", ("41.6320", "-88.2040")),
    _office(
        "Aurora",
        "3 Specimen Road, Floor 2",
        "Stairs only: tell us, and we meet you in Naperville instead.",
        ("41.7606", "-88.3201"),
        "Tuesday and Thursday, 10 AM to 7 PM",
    ),
    _office("Oswego", "44 Invented Drive", "Step-free, on the ground floor.", ("41.6828", "-88.3515")),
    LocationWords(
        slug="online",
        kind="online",
        name="Online",
        address="",
        getting_there="By video, while you are in Illinois: our licenses do not reach further.",
    ),
    LocationWords(
        slug="bolingbrook",
        kind="area",
        name="Bolingbrook",
        address="",
        getting_there="Most people from Bolingbrook come to Naperville, or meet us online.",
        nearest="naperville",
    ),
)

FEES = (
    FeeWords("First call", 20, "0.00"),
    FeeWords("Individual", 50, "160.00", people=("maya-ellison", "daniel-okafor")),
    FeeWords("Individual, with a psychologist", 50, "185.00", people=("ruth-salinas",)),
    FeeWords("Couple", 75, "220.00", people=("priya-venkat",)),
    FeeWords("EMDR, extended", 80, "240.00", services=("emdr",), people=("maya-ellison",)),
)


OUT_OF_NETWORK = "Out of network with all insurers. A superbill is given on request."


def _licensed(title: str, number: str, letters: str = "") -> tuple[RegistrationWords, ...]:
    return (RegistrationWords(f"{title}, Illinois (example)", number, letters=letters),)


PEOPLE = (
    PersonWords(
        slug="maya-ellison",
        name="Maya Ellison",
        credentials="MSW",
        role="Clinical social worker",
        biography="Maya worked in emergency departments before she opened this practice with two friends.",
        ink="river",
        works_with="Adults after trauma. EMDR and body-based work.\n\nNaperville and online.",
        availability="Two daytime openings",
        sees="adults",
        licensed_in="Illinois",
        concerns=("trauma", "anxiety"),
        services=("emdr", "body-based-work"),
        locations=("naperville", "online"),
        has_reduced_fee=True,
        insurance=OUT_OF_NETWORK,
        registrations=_licensed("Licensed clinical social worker", "149.000000", "LCSW"),
    ),
    PersonWords(
        slug="daniel-okafor",
        name="Daniel Okafor",
        credentials="MA in counseling",
        role="Clinical counselor",
        biography="Daniel works with teenagers, and with the adults who worry about them.",
        ink="madder",
        works_with="Teenagers from 13 and young adults. Internal Family Systems.\n\nPlainfield and Oswego.",
        openness="waiting",
        availability="Waiting list, about four weeks",
        sees="teenagers from 13, and young adults",
        licensed_in="Illinois",
        concerns=("growing-up", "anxiety"),
        services=("internal-family-systems",),
        locations=("plainfield", "oswego"),
        insurance=OUT_OF_NETWORK,
        registrations=_licensed("Licensed clinical professional counselor", "180.000000", "LCPC"),
    ),
    PersonWords(
        slug="ruth-salinas",
        name="Dr. Ruth Salinas",
        credentials="PsyD",
        role="Clinical psychologist",
        biography="Ruth has a long interest in grief, and in what families do not say.",
        ink="straw",
        works_with="Adults, in English and Spanish.\n\nAurora and online.",
        availability="Evening openings",
        sees="adults",
        languages="English, Spanish",
        licensed_in="Illinois",
        concerns=("grief", "anxiety"),
        services=("body-based-work",),
        locations=("aurora", "online"),
        insurance=OUT_OF_NETWORK,
        registrations=_licensed("Licensed clinical psychologist", "071.000000"),
    ),
    PersonWords(
        slug="priya-venkat",
        name="Priya Venkat",
        credentials="MS in marriage and family therapy",
        role="Marriage and family therapist",
        biography="Priya sees couples who would like to have a different argument.",
        ink="river",
        works_with="Couples and families.\n\nNaperville and Oswego.",
        openness="closed",
        sees="couples and families",
        licensed_in="Illinois",
        concerns=("couples",),
        locations=("naperville", "oswego"),
        insurance=OUT_OF_NETWORK,
        registrations=_licensed("Licensed marriage and family therapist", "166.000000", "LMFT"),
    ),
)

ACCOUNTS = (
    AccountWords("owner@prairielantern.example", "Maya Ellison", is_superuser=True),
    AccountWords("editor@prairielantern.example", "Robin Hale", group="Editors"),
    AccountWords("clinician@prairielantern.example", "Ruth Salinas", group="Clinicians"),
    AccountWords("reviewer@prairielantern.example", "Theo Brandt", group="Reviewers"),
)

CRISIS_LINES = (
    *(replace(line, is_in_footer=line.kind == "crisis") for line in crisis.US),
    *crisis.EVERYWHERE,
)

PAGES = naperville_pages.PAGES
TOPICS = (TopicWords("how-we-work", "How we work", "What we do in the room, and why."),)
ARTICLES = (
    ArticleWords(
        slug="how-we-use-interpersonal-neurobiology",
        title="What we mean by interpersonal neurobiology",
        summary="A way of looking at people that we find useful, and what it does not promise.",
        in_brief=(
            "It joins attachment research, neuroscience and clinical practice. It is not a treatment.",
            "It reminds us to ask about people when we think about brains.",
        ),
        topics=("how-we-work",),
        author="maya-ellison",
        reviewer="ruth-salinas",
        published_days_ago=30,
        reviewed_on=date(2026, 10, 29),
        body="""
<p>The words come from the psychiatrist Daniel Siegel, who read across a dozen fields and looked for places where they
agree [1]. Mind, brain and relationships are seen together, and none of them as the cause of the others.</p>
<h2>What it means here</h2>
<ul>
<li><strong>Pace.</strong> We go no faster than the most frightened part of you can bear.</li>
<li><strong>Repair.</strong> When we miss you, we say so and come back.</li>
<li><strong>The body, too.</strong> We ask what happens in you while you speak.</li>
</ul>
<h2>What it does not promise</h2>
<p>We know of no trial of an “IPNB therapy”. What is well supported is simpler: across 295 studies a better working
alliance goes with better results, and that link does not show which of the two comes first [2].</p>
""",
        references=(
            ReferenceWords(
                "Siegel DJ",
                2012,
                "The Developing Mind: How Relationships and the Brain Interact to Shape Who We Are, 2nd edition",
                "Guilford Press",
            ),
            ReferenceWords(
                "Flückiger C, Del Re AC, Wampold BE, Horvath AO",
                2018,
                "The alliance in adult psychotherapy: a meta-analytic synthesis",
                "Psychotherapy 55(4):316–340",
                "10.1037/pst0000172",
            ),
        ),
        related_courses=(),
        services=("emdr", "body-based-work"),
        concerns=("trauma",),
        cover=Cover("pebbles", "river"),
    ),
)
