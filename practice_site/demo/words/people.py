from practice_site.demo.shapes.practice import PersonWords

PEOPLE = (
    PersonWords(
        slug="imogen-farrow",
        name="Dr Imogen Farrow",
        credentials="PhD in developmental psychology; integrative psychotherapist",
        role="Integrative psychotherapist, clinical lead",
        biography="""
Imogen came to therapy from developmental research and still argues with the footnotes. She works with people who have
been low for a long time, and with adults who grew up looking after a parent, or steering around one.

She looks after the articles on this site, and is glad to be told when one of them is wrong.
""",
        ink="river",
        works_with="""
Attachment, long-standing low mood, adult children of difficult parents. Relational therapy and body-based work.

In English, in London or online.
""",
        availability="Two daytime places",
        sees="adults",
        licensed_in="the United Kingdom",
        concerns=("low-for-a-long-time", "grief"),
        services=("relational-therapy", "body-based-work"),
        locations=("osier-yard", "online"),
        has_reduced_fee=True,
    ),
    PersonWords(
        slug="adaeze-okonjo",
        name="Dr Adaeze Okonjo",
        credentials="Doctorate in clinical psychology; trained in EMDR",
        role="Clinical psychologist",
        biography="""
Adaeze spent eleven years in hospital and community services before joining us. She works with people for whom
something that has ended does not yet feel over, and with the shame that so often keeps it company.
""",
        ink="madder",
        works_with="""
Trauma, shame, and what is left after an emergency is over. EMDR and relational therapy.

In English and Igbo, in London, on Wednesdays and Thursdays.
""",
        openness="waiting",
        availability="Waiting list, about six weeks",
        sees="adults",
        languages="English, Igbo",
        licensed_in="the United Kingdom",
        concerns=("after-something-frightening", "low-for-a-long-time"),
        services=("emdr", "relational-therapy"),
        locations=("osier-yard",),
    ),
    PersonWords(
        slug="ravi-menon",
        name="Ravi Menon",
        credentials="MA in psychotherapy; postgraduate diploma in couple therapy",
        role="Psychotherapist, individuals and couples",
        biography="""
Ravi sees couples who have had the same argument many times and would like to have a different one, and people who find
themselves wanting two opposite things at once. He has a long interest in Internal Family Systems, including the
questions that its research has not answered yet.
""",
        ink="river",
        works_with="""
Couples, parts work, and questions of faith and family.

In English and Malayalam, online only, on weekdays and two evenings a week.
""",
        availability="Places now, evenings included",
        said_days_ago=60,
        sees="adults and couples",
        languages="English, Malayalam",
        licensed_in="the United Kingdom",
        concerns=("the-same-argument-again", "low-for-a-long-time"),
        services=("parts-work", "relational-therapy"),
        locations=("online", "by-telephone"),
        has_reduced_fee=True,
    ),
    PersonWords(
        slug="hanna-lindqvist",
        name="Dr Hanna Lindqvist",
        credentials="PhD in palliative care; bereavement therapist and supervisor",
        role="Teacher and supervisor",
        biography="""
Hanna led a hospital bereavement service for nine years before moving into private practice. She supervises therapists
in three countries, and teaches with her camera on and as little on the screen as she can manage.

She teaches with us and reviews our articles. She does not see clients at Withy Rooms.
""",
        ink="madder",
    ),
    PersonWords(
        slug="bridget-ohalloran",
        name="Bridget O’Halloran",
        credentials="MSc in family and systemic psychotherapy",
        role="Teacher, family and systemic psychotherapist",
        biography="""
Bridget has worked with families for twenty years, the last ten of them mostly with grown-up siblings in the same room.
She is the fourth of six and says that it has been a help about half of the time.

She teaches with us. She does not see clients at Withy Rooms.
""",
        ink="river",
    ),
)
