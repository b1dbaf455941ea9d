from datetime import date

from practice_site.demo.shapes.reading import ArticleWords, ClaimWords, Cover, ReferenceWords

BODY = """
<p>People who look for a therapist are often told to choose a method first. There are so many letters: CBT, EMDR, IFS,
and more each year. It is a lot to ask of somebody who has slept badly for a month.</p>
<p>Here is something simpler, and it rests on more studies than almost anything else in our field. How well you and
your therapist work together goes with how well it turns out. This article says how strong that is, what it leaves
open, and what you can do with it.</p>

<h2>What is meant by it</h2>
<p>Researchers call it the
<a href="/articles/glossary/#working-alliance">working alliance</a>. It has three parts. You agree on
what you want from this. You agree on how you will go about it. And there is a bond: you feel that this person is on
your side.</p>
<p>It is not the same as liking each other. You may like somebody and get nowhere. You may be cross with somebody and
know that the work is good.</p>

<h2>How strong is the link?</h2>
<p>In 2018 a review put together 295 studies, with more than 30,000 clients. A better alliance went with a better
result, and the link was much the same online, in the 23 studies that looked at that [1].</p>
<p>In numbers it is a correlation of about 0.28. That sounds dry, so here is a picture of it. Take all the ways in
which people differ in how they fare. About 8 parts in 100 of that go along with the alliance. The other 92 are
everything else: what the trouble is, how long it has lasted, money, luck, work, sleep, who is at home.</p>
<p>Eight in a hundred is not much. It is also more than most things that one can choose.</p>

<h3>What it does not show</h3>
<p>It does not show which comes first. It may be that a good alliance helps. It may be that people who begin to feel
better start to like their therapist more. It is likely that both are true. The studies also vary a good deal, and no
average is a promise.</p>

<h2>When it goes wrong</h2>
<p>It goes wrong all the time. A word lands badly, a session starts late, a question comes too soon. What seems to
matter is what follows. In a review, treatments in which such breaks were mended tended to end better. The same review
asked if it helps to train therapists in mending. The effect was small, and it may have been chance [2].</p>
<p>So we know that repair goes with good results. We do not know yet how to teach it. We have written more about this
in
<a href="/articles/rupture-and-repair/">Rupture, and the art of coming back</a>.</p>

<h2>And the brain?</h2>
<p>You may have seen scans “before and after therapy”. A review of 16 such studies, with 193 people, found results
that agreed only in part [3]. Another review at about the same time found much the same thing [4]. Scans can be of
interest. They cannot tell you if your therapist is right for you. You can.</p>
<blockquote><p>Nobody else is in the room. Your own sense of it is data, and it is the best there is.</p></blockquote>

<h2>An example</h2>
<p>This is made up. Dee had seen somebody for six weeks. He was kind and well known, and had a good wall of books.
After each session she went home and felt small. She told herself that this must be the work.</p>
<p>In week seven she said it. “I leave here feeling stupid.” He did not argue. He asked when it had last happened. She
said: ten minutes ago, when you finished my sentence. He said that he had, and that he was sorry, and that he does it
when he is keen to get on. They agreed on a sign. If she lifts a hand, he stops.</p>
<p>She lifted it five times that day, and twice the week after. That was a break and a repair. It took four minutes.
If he had said that she was too sensitive, she would have learned something too, and it would have been time to look
for somebody else.</p>

<h2>What to ask before you begin</h2>
<ul>
<li>What do you think we would be working on?</li>
<li>How would we do that, week by week?</li>
<li>How will we know if it is helping, and when would we look?</li>
<li>What do you do if a client says that it is not?</li>
</ul>
<p>A good answer is plain, and it does not make you feel that you should not have asked.</p>

<h2>When to stay and when to change</h2>
<p>Give it a few sessions, unless it feels unsafe. Hard is not the same as wrong. But say so early if something jars.
If you have said it more than once and nothing moves, you may go. You owe nobody a reason. A good therapist will help
you to find the next one.</p>
<p>Some things are not a matter of fit. A therapist who touches you without asking, wants to be your friend, tells
others what you said, or keeps you by fear, is doing wrong. Each profession has a body to which you can report it, and
the number of the registration tells you which.</p>
<aside>
<h3>If this is you now</h3>
<p>You may stop at once, and you need not go back to say so. <a href="/help-now/">These lines</a> are there if you want
to talk to somebody today.</p>
</aside>
"""

ARTICLE = ArticleWords(
    slug="does-it-matter-who-your-therapist-is",
    title="Does it matter who your therapist is?",
    summary="More than which letters stand behind the method, it seems. What the studies show, and what to ask.",
    in_brief=(
        "How well you work together goes with how well it turns out, in person and online.",
        "The link is steady and modest, and it does not show which comes first.",
        "Breaks are normal. If you say so and nothing changes, it is fine to look for somebody else.",
    ),
    topics=("how-therapy-works",),
    author="imogen-farrow",
    reviewer="ravi-menon",
    published_days_ago=97,
    reviewed_on=date(2026, 9, 29),
    body=BODY,
    references=(
        ReferenceWords(
            "Flückiger C, Del Re AC, Wampold BE, Horvath AO",
            2018,
            "The alliance in adult psychotherapy: a meta-analytic synthesis",
            "Psychotherapy 55(4):316–340",
            "10.1037/pst0000172",
        ),
        ReferenceWords(
            "Eubanks CF, Muran JC, Safran JD",
            2018,
            "Alliance rupture repair: a meta-analysis",
            "Psychotherapy 55(4):508–519",
        ),
        ReferenceWords(
            "Messina I, Sambin M, Palmieri A, Viviani R",
            2013,
            "Neural correlates of psychotherapy in anxiety and depression: a meta-analysis",
            "PLoS ONE 8(9):e74657",
            "10.1371/journal.pone.0074657",
        ),
        ReferenceWords(
            "Barsaglini A, Sartori G, Benetti S, Pettersson-Yeo W, Mechelli A",
            2014,
            "The effects of psychotherapy on brain function: a systematic and critical review",
            "Progress in Neurobiology",
            "10.1016/j.pneurobio.2013.10.006",
        ),
    ),
    related_courses=(),
    cover=Cover("weave", "paper"),
    claims=(
        ClaimWords("strong", "A good working alliance goes with better results", "295 studies, 30,000 people [1]"),
        ClaimWords("strong", "It does so online, too", "23 studies, about the same size [1]"),
        ClaimWords("contested", "The alliance is what makes people better", "A link shows no cause [1]"),
        ClaimWords("mixed", "Mended breaks go with better results", "One review; the training effect is unsure [2]"),
        ClaimWords("mixed", "Scans show what therapy does", "Small studies that agree in part [3, 4]"),
    ),
    would_change=(
        "Trials in which therapists are given to people by lot, and in which the alliance no longer tells anything "
        "about how it goes."
    ),
    interests="The author sees clients, and so gains if you choose a therapist here.",
    services=("relational-therapy",),
)
