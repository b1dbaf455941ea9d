from datetime import date

from practice_site.demo.shapes.reading import ArticleWords, ChangeWords, ClaimWords, Cover, ReferenceWords

BODY = """
<p>Ask people why they have come to therapy and many will say, one way or another, that something in them is broken.
The word is telling. Broken things are mended alone, on a bench, by somebody with tools. But few of the troubles that
bring a person to our door began alone, and hardly any of them end that way.</p>
<p>Interpersonal neurobiology, usually shortened to IPNB, takes that observation seriously. It asks what happens to a
nervous system that grows up beside other nervous systems, and what may become possible when it meets a steadier one
later on. The phrase sounds grander than it is, and it is sometimes used to sell things. This article tries to say
plainly what it means, what it does not, and how much of it we think you can lean on.</p>

<h2>What the phrase means</h2>
<p>The name comes from the psychiatrist Daniel Siegel, whose book <em>The Developing Mind</em> first appeared in 1999
and has been revised since [1]. He set out to read across more than a dozen fields, from attachment research to the
study of memory and of complex systems, and to look for places where they agree [1][2]. The biologist E. O. Wilson
revived a word for that kind of agreement between separate fields: consilience.</p>
<p>Three things sit at the corners of the picture: the mind, the brain and relationships. None is treated as the cause
of the other two. Siegel describes one aspect of the mind as a process, carried by the body and by our ties with
others, that regulates the flow of energy and information [3]. You need not like that sentence to find the triangle
useful. It reminds a therapist who is thinking about brains to ask about people, and the other way round.</p>
<p>The second idea is <strong>integration</strong>: a system fares best when its parts are distinct and also linked. A
choir is a fair picture. If everyone sings the same note there is no music; if nobody listens there is none either. In
this way of speaking, distress tends to show itself as too little order, or too much of it [3].</p>

<h3>Who else is in the room</h3>
<p>Other people are often named as founders. It is more accurate to say that they worked on neighbouring questions.
Allan Schore wrote about how a caregiver helps to steady an infant’s feelings while the systems that will later do
that work are still maturing [4]. Louis Cozolino described the brain as a social organ, built in part by experience,
and put neuroscience into words that therapists could use [5][6]. Bonnie Badenoch brought the ideas into the
consulting room [7].</p>

<h2>What it is not</h2>
<ul>
<li><strong>It is not a kind of therapy.</strong> There is no session that you could point to and call IPNB. It is a
frame for thinking, and therapists of many schools use it.</li>
<li><strong>It is not a finding.</strong> A framework gathers findings and arranges them. Some of what it gathers is
solid and some is not. An early summary, for example, gave a large part to mirror neurons [2]. How much those cells
explain about empathy in people has been strongly questioned since [8].</li>
<li><strong>It is not a proof that therapy works.</strong> A likely story about the brain is no substitute for asking
whether people got better. We know of no trial that has compared an “IPNB therapy” with anything else.</li>
<li><strong>It is not a verdict on your parents.</strong> Early care matters. It is one thing among many.</li>
</ul>

<h2>How early ties may leave a mark</h2>
<p>What follows is a way of seeing, drawn from attachment theory and from clinical work [4][7]. It is not a list of
proven causes. A young baby has few ways to calm itself. It borrows calm from whoever holds it, thousands of times
over, and from that borrowing grows an expectation about what other people are for. When comfort is mostly on offer,
reaching out becomes ordinary. When it is scarce or hard to predict, a child does something clever with what is left,
and becomes watchful, or self-sufficient, or very good at reading a face.</p>
<blockquote><p>Some of what looks like a symptom at forty may have begun as a solution at four.</p></blockquote>
<p>Carried forward, such solutions may be felt as</p>
<ul>
<li>finding it hard to lean on anyone, even people who have earned it;</li>
<li>feelings that arrive all at once, or hardly at all;</li>
<li>alarm, out of proportion, when somebody goes quiet;</li>
<li>a habit of pleasing, leaving, or leaving first.</li>
</ul>
<p>To call these adaptations is not to excuse everyone involved. It is to notice that they may have made sense, which
is often a useful place to begin. Nor are they a sentence. Many people with hard beginnings do well.</p>

<h2>What this looks like in therapy</h2>
<p>Mostly it looks like attention. A therapist who works this way keeps an eye on two people in the room, one of them
being the therapist, and tries to stay steady enough for the other to borrow from. Four things tend to be held on
to:</p>
<ol>
<li><strong>Pace.</strong> Going no faster than the most frightened part of someone can bear.</li>
<li><strong>Reliability.</strong> The same hour, the same room, a person who remembers.</li>
<li><strong>Repair.</strong> Misunderstandings are noticed, named and, as far as possible, put right.</li>
<li><strong>Closeness in doses.</strong> Enough contact to learn from, and not so much that it floods.</li>
</ol>
<p>None of this belongs to IPNB alone. Good therapists of many kinds will recognise it.</p>

<h2>An example</h2>
<p>This is made up, and it is the kind of thing we see. Ines came because, as she put it, she was too much for people.
When a friend was slow to answer she wrote again, and again, and then wrote that it did not matter. By the time the
answer came she had left, in her head, for good.</p>
<p>We could have talked about her brain. We asked who used to be slow to answer. There had been a mother who was ill, on
and off, and a door that was closed on the bad days. Nobody said for how long. So a child of six had learned to knock
more, and to stop wanting to come in before anyone could say no.</p>
<p>In the spring her therapist was late, by nine minutes. Ines said that it did not matter. This time somebody asked
what those nine minutes had been like. She was angry, and then sad, and the hour went on. That was all. It came up
again a few more times that year. Each time she said it a little sooner.</p>
<p>Mind, brain and other people are all in this story, and none of them comes first. That is as far as the idea takes
us. It does not prove that those minutes were what helped her.</p>

<h2>What the studies show, one by one</h2>
<p>It depends on which claim you mean. This is our reading, looked at again every twelve months.</p>
<ul>
<li><strong>Well supported: a good working alliance goes with better results.</strong> A review of 295 studies, with
more than 30,000 clients, found a correlation of about 0.28 face to face, and much the same online [9]. That is about
8 in every 100 parts of the differences in how people fared. Studies varied, and a link of this kind does not by
itself show what causes what.</li>
<li><strong>Promising: company changes how a threat is met.</strong> Social baseline theory proposes that human brains
expect the presence of others and treat it as a resource [10]. In a study of 16 married women, brain activity under
threat was lower while they held their husband’s hand [11]. With 110 people the hand of a partner or friend helped
again, and a stranger’s did not [12]. It is a beginning.</li>
<li><strong>Early: therapy goes with changes in brain activity.</strong> A review that pooled 16 imaging studies, with
193 patients in all, found results that agreed only in part [13]. Scans of this sort cannot tell us why somebody feels
better.</li>
<li><strong>Mostly theory: the detailed story of early care and the right half of the brain.</strong> It has been
influential [4]. Much of it is inference from several kinds of research, and is best held lightly.</li>
<li><strong>Not shown: that a brain-based explanation makes a therapy work better.</strong> Some people find
such an explanation kind. In 26 studies of how we judge others, it did not lower blame; in the experiments among them
it made recovery look less likely [14].</li>
</ul>

<h2>How we use it</h2>
<p>We use it like a map drawn by a thoughtful traveller: it suggests where to look, and it is sometimes wrong about
the rivers. If you see one of us, you are unlikely to hear the term. You may notice that we ask who was there, as well
as what happened; that we slow down when your breathing changes; and that when we have missed you, we come back to
it.</p>
<p>If you are choosing a therapist, you need not look for the letters. Ask instead how they will know
whether the work is helping, and what they do when it is not.</p>
"""

ARTICLE = ArticleWords(
    slug="minds-are-made-between-people",
    title="Minds are made between people",
    summary=(
        "Interpersonal neurobiology in plain words: what it claims, what it does not, and how good the evidence is "
        "for each part."
    ),
    in_brief=(
        "Interpersonal neurobiology is a way of thinking that joins attachment research, neuroscience and clinical "
        "practice. It is not a treatment.",
        "Its simplest claim is its strongest: relationships go on mattering long after childhood.",
        "The evidence belongs to single parts, such as the working alliance. Some popular statements run ahead of it.",
    ),
    topics=("relational-neuroscience", "how-therapy-works"),
    author="imogen-farrow",
    reviewer="adaeze-okonjo",
    published_days_ago=13,
    reviewed_on=date(2026, 11, 15),
    body=BODY,
    references=(
        ReferenceWords(
            "Siegel DJ",
            2012,
            "The Developing Mind: How Relationships and the Brain Interact to Shape Who We Are, 2nd edition",
            "Guilford Press",
        ),
        ReferenceWords(
            "Siegel DJ",
            2006,
            (
                "An interpersonal neurobiology approach to psychotherapy: awareness, mirror neurons, and neural "
                "plasticity in the development of well-being"
            ),
            "Psychiatric Annals 36(4)",
        ),
        ReferenceWords(
            "Siegel DJ",
            2012,
            "Pocket Guide to Interpersonal Neurobiology: An Integrative Handbook of the Mind",
            "W. W. Norton",
        ),
        ReferenceWords(
            "Schore AN",
            2001,
            "The effects of a secure attachment relationship on right brain development, affect regulation, and infant "
            "mental health",
            "Infant Mental Health Journal 22:7–66",
            "10.1002/1097-0355(200101/04)22:1<7::AID-IMHJ2>3.0.CO;2-N",
        ),
        ReferenceWords(
            "Cozolino L",
            2002,
            "The Neuroscience of Psychotherapy: Building and Rebuilding the Human Brain",
            "W. W. Norton",
        ),
        ReferenceWords("Cozolino L", 2014, "The Neuroscience of Human Relationships, 2nd edition", "W. W. Norton"),
        ReferenceWords(
            "Badenoch B",
            2008,
            "Being a Brain-Wise Therapist: A Practical Guide to Interpersonal Neurobiology",
            "W. W. Norton",
        ),
        ReferenceWords("Hickok G", 2014, "The Myth of Mirror Neurons", "W. W. Norton"),
        ReferenceWords(
            "Flückiger C, Del Re AC, Wampold BE, Horvath AO",
            2018,
            "The alliance in adult psychotherapy: a meta-analytic synthesis",
            "Psychotherapy 55(4):316–340",
            "10.1037/pst0000172",
        ),
        ReferenceWords(
            "Beckes L, Coan JA",
            2011,
            "Social baseline theory: the role of social proximity in emotion and economy of action",
            "Social and Personality Psychology Compass 5(12):976–988",
            "10.1111/j.1751-9004.2011.00400.x",
        ),
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
            "Messina I, Sambin M, Palmieri A, Viviani R",
            2013,
            "Neural correlates of psychotherapy in anxiety and depression: a meta-analysis",
            "PLoS ONE 8(9):e74657",
            "10.1371/journal.pone.0074657",
        ),
        ReferenceWords(
            "Loughman A, Haslam N",
            2018,
            "Neuroscientific explanations and the stigma of mental disorder: a meta-analytic study",
            "Cognitive Research: Principles and Implications 3:43",
            "10.1186/s41235-018-0136-1",
        ),
    ),
    related_courses=("complexity-in-grief", "internal-family-systems-introduction"),
    services=("relational-therapy",),
    concerns=("low-for-a-long-time",),
    cover=Cover("arbors", "paper"),
    claims=(
        ClaimWords(
            "strong", "A good working alliance goes with better results", "295 studies; a link, not a cause [9]"
        ),
        ClaimWords("mixed", "Company changes how a threat is met", "Two studies, of 16 and of 110 people [11, 12]"),
        ClaimWords("mixed", "Therapy goes with changes in brain activity", "16 small studies, agreeing in part [13]"),
        ClaimWords("contested", "Mirror neurons explain empathy", "Strongly questioned since [8]"),
        ClaimWords("contested", "Early care shapes the right half of the brain", "Mostly inference [4]"),
        ClaimWords("opinion", "As a map, it helps therapists to ask who was there", "How we use it ourselves"),
    ),
    would_change=(
        "A trial in which a treatment built on these ideas is compared with one that is not. We know of none, and "
        "would write about it whichever way it came out."
    ),
    changes=(ChangeWords("We say now that the link with the alliance does not show what causes what.", 13),),
)
