from datetime import date

from practice_site.demo.shapes.reading import ArticleWords, ClaimWords, Cover, ReferenceWords

BODY = """
<p>Think of a night when something had gone wrong, and somebody came and sat with you. They may have said very little.
They could not mend it. And still the room felt different, and so did your chest.</p>
<p>Most of us know this without a study. But it is a fair question what the company does, whose company does it, and
how sure anyone can be. This article goes through what has been measured, and stops where the measuring stops.</p>

<h2>Sixteen women and a hand</h2>
<p>In 2006 three researchers asked 16 married women to lie in a scanner and wait for a mild electric shock. Some of
the time a woman held her husband’s hand. Some of the time she held a stranger’s, and some of the time nobody’s. While
the husband’s hand was there, the parts of the brain that answer to a threat were quieter. The better the women said
their marriage was, the quieter they were [1].</p>
<p>It is a lovely study, and a small one. So it was done again, with 110 people. This time they held the hand of a
partner, a friend or a stranger. A hand they knew helped again. A stranger’s hand did not [2]. The first study had
found a little help from strangers too. That part did not hold.</p>
<p>Two things are worth keeping. Company changed how a threat was met, in people and not only in stories. And it was
not any company. It was somebody who was already theirs.</p>

<h2>A guess about why</h2>
<p>Lane Beckes and James Coan have an idea that they call social baseline theory. We tend to think of a person alone
as the normal case, and of help as something extra. They turn this round. Perhaps a human brain expects other people
to be there, the way a fish expects water. Then to be with others is where things start, and to be alone is work
[3].</p>
<p>It is a good idea. It is still an idea. The scans fit it, and they would fit other ideas as well. When we call it
promising, we mean that we would not be shocked to see it fail.</p>

<h2>What this has to do with health</h2>
<p>People with stronger ties to others tend to live longer. A review put together 148 studies, which had followed more
than 300,000 people. Over the time that each study ran, those with stronger ties were about half as likely again to be
still alive [4].</p>
<p>That is a large number, and it needs a careful reading. Nobody was told by lot to have friends. People who are ill
may lose touch because they are ill. Ties were measured in many ways, from “lives alone” to long lists of questions.
The long lists told more than whether somebody lives alone, which by itself told little.</p>
<blockquote><p>Nobody can be prescribed a friend. But it may help to know that wanting one is not a
weakness.</p></blockquote>

<h2>An example</h2>
<p>This is made up, and it is the kind of thing we see.</p>
<p>Nell wakes at three most nights with her heart going. She has learned to lie still, so as not to wake Tom. By
morning she is worn out and short with him. He thinks that he has done something. They are both careful for days.</p>
<p>In therapy we did not begin with the heart. We asked what would happen if she woke him. She was sure that he would
be cross. So they made a small plan for one week. If she woke, she would put her hand on his arm. He need not talk, or
even wake up much. He would put his hand on hers.</p>
<p>He was not cross. She still woke up, four nights out of seven. But she got back to sleep on three of them. More
than that, she said, she had stopped lying there like a person in a waiting room.</p>
<p>Nothing in this needs a theory of the brain. It needs two people, a plan that is small enough, and a week to try it
in. It will not suit every pair. Where somebody’s touch is not safe, or not wanted, it would be the wrong plan.</p>

<h2>When company does not calm</h2>
<p>For some people it does the reverse. If those who held you were also those who hurt you, then somebody coming close
may be the alarm and not the end of it. That makes sense, and it is not a fault in you. It also means that advice like
“reach out” can land badly.</p>
<p>It may be kinder to begin with company at a distance. A dog counts. So does the same seat in the same café, a
choir, or a class where nobody asks much. Some people start with a therapist, because there the closeness has a clock
and a door.</p>

<h2>Four small things to try</h2>
<ol>
<li><strong>Ask for presence, not answers.</strong> “Could you sit with me for ten minutes? You need not fix it.”</li>
<li><strong>Choose somebody who is already yours.</strong> In the larger study a stranger’s hand was no help.</li>
<li><strong>Offer it as well.</strong> Most people find it easier to be steady for somebody else.</li>
<li><strong>Notice afterwards.</strong> Was it a little better, the same, or worse? Your own answer counts for more
than an average.</li>
</ol>
<p>If you are on your own with something that feels too big tonight, <a href="/help-now/">these people answer</a>, and
they are used to calls that begin with a silence.</p>
"""

ARTICLE = ArticleWords(
    slug="why-company-calms",
    title="Why company calms us",
    summary="A hand to hold can change how a threat is met. Whose hand seems to matter, and the studies are small.",
    in_brief=(
        "In two studies the hand of somebody close made the brain’s answer to a threat smaller.",
        "In the larger of them the hand of a stranger did not help.",
        "For people who were hurt by those close to them, closeness may not calm. There are slower ways in.",
    ),
    topics=("relational-neuroscience", "attachment-and-repair"),
    author="ravi-menon",
    reviewer="imogen-farrow",
    published_days_ago=48,
    reviewed_on=date(2026, 10, 11),
    body=BODY,
    references=(
        ReferenceWords(
            "Coan JA, Schaefer HS, Davidson RJ",
            2006,
            "Lending a hand: social regulation of the neural response to threat",
            "Psychological Science 17:1032–1039",
            "10.1111/j.1467-9280.2006.01832.x",
        ),
        ReferenceWords(
            "Coan JA, Beckes L, Gonzalez MZ, et al.",
            2017,
            "Relationship status and perceived support in the social regulation of neural responses to threat",
            "Social Cognitive and Affective Neuroscience 12(10):1574–1583",
            "10.1093/scan/nsx091",
        ),
        ReferenceWords(
            "Beckes L, Coan JA",
            2011,
            "Social baseline theory: the role of social proximity in emotion and economy of action",
            "Social and Personality Psychology Compass 5(12):976–988",
            "10.1111/j.1751-9004.2011.00400.x",
        ),
        ReferenceWords(
            "Holt-Lunstad J, Smith TB, Layton JB",
            2010,
            "Social relationships and mortality risk: a meta-analytic review",
            "PLoS Medicine 7(7):e1000316",
            "10.1371/journal.pmed.1000316",
        ),
    ),
    related_courses=("siblings-same-parents",),
    cover=Cover("pebbles", "madder"),
    claims=(
        ClaimWords(
            "mixed",
            "The hand of somebody close makes the answer to a threat smaller",
            "Two studies, of 16 and 110 people [1, 2]",
        ),
        ClaimWords("contested", "A stranger’s hand helps too", "A little in the first study, not in the second [1, 2]"),
        ClaimWords(
            "mixed", "The brain expects company and treats being alone as work", "A theory that fits the scans [3]"
        ),
        ClaimWords("strong", "People with stronger ties live longer", "148 studies; a link, which shows no cause [4]"),
        ClaimWords("opinion", "Small, agreed contact is a good place to begin", "What we have seen in our own rooms"),
    ),
    would_change=(
        "A large study, planned in the open beforehand, in which a partner’s hand made no difference. We would also "
        "like to see one in which people who live alone are asked."
    ),
    concerns=("grief",),
)
