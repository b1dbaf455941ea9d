from dataclasses import replace

from practice_site.demo.shapes.reading import Cover
from practice_site.demo.shapes.teaching import (
    CourseWords,
    SessionPattern,
    SubjectWords,
    TicketTypeWords,
    WorkshopPattern,
)

from .cited import ALLIANCE, BIRTH_ORDER, PARTS_AND_ARTHRITIS, PROLONGED_GRIEF, SOCIAL_BASELINE

SUBJECTS = (
    SubjectWords("grief-and-loss", "Grief and loss"),
    SubjectWords("parts-work", "Parts work"),
    SubjectWords("families", "Families"),
)

GRIEF = CourseWords(
    slug="complexity-in-grief",
    title="Working with complexity in grief",
    blurb="When loss is tangled with trauma, estrangement or relief: how to stay useful without hurrying anyone along.",
    summary=(
        "A day for therapists whose bereaved clients do not fit the leaflet: traumatic deaths, estranged parents, "
        "losses that nobody else would count."
    ),
    body="""
<p>Most grief needs company more than it needs treatment. Some of it, though, gets stuck behind something else: a
death that was violent, a parent who was cruel, a relief that feels like a crime. These are the clients we tend to
take to supervision, and they are who this day is for.</p>
<p>We look at what the research on prolonged grief supports and where it is still argued over, including the question
of who gains and who loses when grief is given a diagnosis. In fourteen studies of adults whose loss was not a violent
one, about one in ten met the description, and the studies differ widely [1]. Why company steadies people is still being
worked out; social baseline theory is one proposal [2]. Then we spend most of our time on practice: which thread
to pick up first, how to tell a pause from a stall, and what to do when your client’s loss touches your own.</p>
<p>You will leave with three exercises that you can use the following week, and a clearer sense of when to slow down.
Work in threes is not recorded.</p>
""",
    aims=(
        "Describe how ICD-11 and DSM-5-TR define prolonged grief disorder, and give two criticisms of the idea.",
        "Tell apart, in three case examples, grief that needs company and grief that may need specialist treatment.",
        "Plan the order of work where trauma and grief are both present, and give your reasons.",
        "Name two signs that your own losses are in the room, and one step that you would take with each.",
    ),
    audience=(
        "For qualified counsellors, psychotherapists and psychologists, and for trainees who already see clients "
        "under supervision. It is not a bereavement group, and it is not meant for anyone looking for help with a "
        "recent loss of their own."
    ),
    level="intermediate",
    care_note=(
        "We speak about death all day, including deaths by violence and by suicide, without graphic detail. If you "
        "have been bereaved in the last year, consider whether this is the right time. You may turn your camera off, "
        "miss an exercise or leave for a while, and nobody will ask why."
    ),
    cpd_hours="5.0",
    programme=(
        "10:00 | Arrivals, and what we each mean by complex",
        (
            "10:30 | Grief in company | What bereaved people tell us helps, what research adds, and what it is like to "
            "sit beside it."
        ),
        "11:20 | Break | 10 minutes",
        (
            "11:30 | Trauma in front, grief behind | The order of the work. A demonstration with a colleague, then "
            "questions."
        ),
        "12:40 | Lunch | 40 minutes",
        "13:20 | The unmourned and the unmournable | Estrangement, ambiguous loss, relief. Work in threes.",
        "14:40 | Break | 10 minutes",
        "14:50 | Your own losses in the chair | Looking after the work and yourself. Questions and closing.",
        "16:00 | Close",
    ),
    presenters=("hanna-lindqvist",),
    subject="grief-and-loss",
    cover=Cover("weave", "madder"),
    references=(PROLONGED_GRIEF, SOCIAL_BASELINE),
)

IFS = CourseWords(
    slug="internal-family-systems-introduction",
    title="Internal Family Systems: an introduction",
    blurb="Meeting protectors before exiles: first steps with parts, for therapists trained in another way of working.",
    summary=(
        "What Internal Family Systems proposes, what it is like to try, and how to borrow from it carefully if you "
        "were trained in something else."
    ),
    body="""
<p>People say it without being taught: part of me wants to go, part of me would rather hide. Internal Family Systems,
developed by Richard Schwartz from the 1980s onwards, takes that way of speaking at its word. It invites a client to
turn towards each part with some curiosity, and it asks the therapist to begin with the ones that protect.</p>
<p>You will see it shown, try it in pairs with something small, and hear where it can go wrong. We also look plainly
at the research. There are a few small trials and pilot studies. One of them followed 79 people with rheumatoid
arthritis: a year later, those who had worked with their parts had less joint pain and fewer signs of depression than
those who were sent things to read, and no lasting gain in anxiety [1]. That is a reason for interest and for further
study. It is not a reason to promise clients anything. What is better supported belongs to no model: in 295 studies, a
good working alliance went with better results, which does not tell what causes what [2].</p>
<p>This is a first introduction. It is not part of any licensed training in the model, and it does not qualify you to
describe yourself as an Internal Family Systems therapist. Work in pairs is not recorded.</p>
""",
    aims=(
        "Explain the terms part, protector, exile and Self to a client in everyday words.",
        "Show, in a practice pair, how to ask a protective part for its consent before going further.",
        "Name three situations in which you would not begin parts work, and say what you would do instead.",
        "Summarise in two sentences what the present research on the model does and does not show.",
    ),
    audience=(
        "For counsellors, psychotherapists, psychologists and trainees in clinical placement, of any approach. No "
        "knowledge of the model is needed. It is not for people who have finished a foundation training in it, and it "
        "is not a place to work on material of your own that is still raw."
    ),
    level="beginning",
    care_note=(
        "You will be asked to notice a small inner disagreement of your own, such as whether to answer an email. "
        "Choose something light. You may watch and not take part, and you need not give a reason."
    ),
    cpd_hours="5.0",
    programme=(
        "10:00 | Arrivals, and parts that you have already met",
        "10:25 | The map in an hour | Protectors, exiles, Self: what is claimed, and what is a figure of speech.",
        "11:25 | Break | 10 minutes",
        "11:35 | Watching it done | A demonstration with a colleague, paused for questions.",
        "12:35 | Lunch | 40 minutes",
        "13:15 | Asking permission | Practice in pairs, with something small.",
        "14:30 | Break | 10 minutes",
        (
            "14:40 | When not to, and what the research says | Cautions, evidence, and fitting this beside what you "
            "already do. Questions and closing."
        ),
        "16:00 | Close",
    ),
    presenters=("ravi-menon",),
    subject="parts-work",
    cover=Cover("pebbles", "straw"),
    references=(PARTS_AND_ARTHRITIS, ALLIANCE),
)

SIBLINGS = CourseWords(
    slug="siblings-same-parents",
    title="Siblings: same parents, different childhoods",
    blurb=(
        "Birth order is the least of it. Working with rivalry, rescue and silence between brothers and sisters in "
        "adult therapy."
    ),
    summary=("Why two people can grow up in one house and remember two families, and how to work with both accounts."),
    body="""
<p>Ask a client about their parents and an hour goes by. Ask about a brother and the room changes temperature. For
many people the tie to a sibling is the longest of their lives, and therapy asks about it surprisingly seldom.</p>
<p>This day treats it as a relationship in its own right, with its own losses, loyalties and grudges. We look at how
children in one family come to have different experiences of it, at what happens when a parent grows old or dies, and
at siblings who no longer speak. We leave birth order mostly alone, because its links with personality turn out to be
slight: among more than 20,000 people in three countries, it made no difference to most of what was measured [1].</p>
<p>Much of the day is spent on drawing and listening. Bring paper and something to draw with.</p>
""",
    aims=(
        "Draw a family map from one sibling’s point of view, then redraw it from another’s, and list what changes.",
        "Give three questions that open the subject of brothers and sisters in a first or second session.",
        "Describe two ways of working with estrangement between siblings that do not make reunion the goal.",
    ),
    audience=(
        "For counsellors, psychotherapists, family therapists and social workers who see adults. Only children are as "
        "welcome as anyone. It is not for siblings who would like to work on their own relationship, though we are "
        "glad to suggest where they might."
    ),
    level="intermediate",
    care_note=(
        "You will be invited to think about your own family for part of the morning. You can use an invented one. We "
        "speak about estrangement and, briefly, about harm between siblings."
    ),
    cpd_hours="5.0",
    programme=(
        "10:00 | Arrivals, and the family you were in",
        "10:30 | One house, several childhoods | Why siblings differ: what research suggests, and what it leaves open.",
        "11:20 | Break | 10 minutes",
        "11:30 | Maps from two sides | Drawing, then listening in pairs.",
        "12:40 | Lunch | 40 minutes",
        "13:20 | Rivalry, rescue, silence | Three pieces of work, discussed in small groups.",
        "14:40 | Break | 10 minutes",
        "14:50 | When a parent grows old | Care, money, funerals, and who was told. Questions and closing.",
        "16:00 | Close",
    ),
    presenters=("bridget-ohalloran",),
    subject="families",
    cover=Cover("arbors", "river"),
    references=(BIRTH_ORDER,),
)

COURSES = (GRIEF, IFS, SIBLINGS)

FULL_PRICE = TicketTypeWords(
    "Full price",
    "105.00",
    "A live place, and catch-up on the recording.",
    is_full_price=True,
)
EARLY_BIRD = TicketTypeWords(
    "Early bird",
    "89.00",
    "The same live place and catch-up, booked in good time.",
    ends_weeks_before=4,
)
CONCESSION = TicketTypeWords(
    "Concession", "60.00", "Trainees and low incomes. We take your word for it.", is_concession=True
)
CATCH_UP = TicketTypeWords(
    "Catch-up only",
    "85.00",
    "No live place.",
    access="catch_up",
)

ONE_DAY = (SessionPattern("10:00", "16:00"),)
TWO_EVENINGS = (
    SessionPattern(
        "17:00",
        "20:00",
        "First evening",
        programme=(
            "17:00 | Arrivals, and parts that you have already met",
            "17:20 | The map | Protectors, exiles, Self: what is claimed, and what is a figure of speech.",
            "18:15 | Break | 15 minutes",
            "18:30 | Watching it done | A demonstration with a colleague, paused for questions.",
            "19:15 | Break | 15 minutes",
            "19:30 | What you saw | In threes, then together.",
            "20:00 | Close",
        ),
    ),
    SessionPattern(
        "17:00",
        "20:00",
        "Second evening",
        weeks_after_first=1,
        programme=(
            "17:00 | What you noticed in the week",
            "17:15 | Asking permission | Practice in pairs, with something small.",
            "18:15 | Break | 15 minutes",
            "18:30 | When not to | Cautions, and fitting this beside what you already do.",
            "19:15 | Break | 15 minutes",
            "19:30 | What the research says | And questions.",
            "20:00 | Close",
        ),
    ),
)

WORKSHOPS = (
    WorkshopPattern(
        slug="complexity-in-grief-one-day",
        course=GRIEF.slug,
        weeks_ahead=8,
        sessions=ONE_DAY,
        capacity=24,
        places_taken=1,
        ticket_types=(EARLY_BIRD, FULL_PRICE, CONCESSION, CATCH_UP),
    ),
    WorkshopPattern(
        slug="internal-family-systems-one-day",
        course=IFS.slug,
        weeks_ahead=16,
        sessions=ONE_DAY,
        capacity=16,
        places_taken=12,
        ticket_types=(EARLY_BIRD, FULL_PRICE, CONCESSION),
        clocks_differ=True,
    ),
    WorkshopPattern(
        slug="siblings-small-group",
        course=SIBLINGS.slug,
        weeks_ahead=11,
        sessions=ONE_DAY,
        capacity=6,
        places_taken=6,
        ticket_types=(FULL_PRICE, CONCESSION),
        gives_back=1,
    ),
    WorkshopPattern(
        slug="internal-family-systems-two-evenings",
        course=IFS.slug,
        weeks_ahead=13,
        sessions=TWO_EVENINGS,
        capacity=12,
        places_taken=3,
        ticket_types=(
            replace(EARLY_BIRD, price="105.00"),
            replace(FULL_PRICE, price="125.00"),
            replace(CONCESSION, price="70.00"),
            replace(CATCH_UP, price="95.00"),
        ),
        group=(3, 10),
        note=(
            "The same course over two Friday evenings, 17:00 to 20:00 in London, with two breaks of 15 minutes each "
            "evening."
        ),
    ),
    WorkshopPattern(
        slug="complexity-in-grief-last-term",
        course=GRIEF.slug,
        weeks_ahead=-5,
        sessions=ONE_DAY,
        capacity=24,
        places_taken=18,
        ticket_types=(EARLY_BIRD, FULL_PRICE, CONCESSION, CATCH_UP),
    ),
    WorkshopPattern(
        slug="siblings-today",
        course=SIBLINGS.slug,
        weeks_ahead=0,
        sessions=ONE_DAY,
        capacity=8,
        places_taken=5,
        ticket_types=(FULL_PRICE, CONCESSION),
        is_today=True,
    ),
    WorkshopPattern(
        slug="internal-family-systems-last-term",
        course=IFS.slug,
        weeks_ahead=-14,
        sessions=ONE_DAY,
        capacity=16,
        places_taken=9,
        ticket_types=(FULL_PRICE, CONCESSION, CATCH_UP),
    ),
    WorkshopPattern(
        slug="siblings-next-run",
        course=SIBLINGS.slug,
        weeks_ahead=19,
        sessions=ONE_DAY,
        capacity=8,
        places_taken=0,
        ticket_types=(FULL_PRICE, CONCESSION),
        is_draft=True,
    ),
)
