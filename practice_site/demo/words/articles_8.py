from datetime import date

from practice_site.demo.shapes.reading import ArticleWords, Cover

BODY = """
<h2>You ran a bereavement service for nine years. What did people most often say when they came in?</h2>
<p>“I should be over it.” Nearly all of them. They had a number in mind, and it was mostly a year. I never found out
who sets it.</p>
<p>I would ask what being over it would look like. They often did not know, or they described somebody who had
forgotten. And then they would hear themselves.</p>

<h2>When is grief complicated, and when is it just long?</h2>
<p>Long is not a sign of anything. I ask what has stopped. Somebody may cry each Sunday for six years and have a
garden, a choir and a new dog. Somebody else may never cry, and not have opened one letter since the funeral. I would
be more worried about the letters.</p>
<p>So I look for what is stuck: a room, a story that is always told in the same words, a question that nobody may ask.
We spend most of the workshop there.</p>

<h2>What do therapists get wrong?</h2>
<p>We hurry to the feeling. It is our trade, so we look for it. But a person who has just lost somebody also has a
bank, a boiler and two children. If you ask only how it feels, they learn to bring you only that.</p>
<p>And we are shy about the dead. Ask what he was like. Ask what was annoying about her. People sit up.</p>

<h2>You teach online. Does that work for something like this?</h2>
<p>I was not sure at first. What I have found is that people listen better from their own kitchen. They can turn away.
Nobody needs to be brave in a room full of strangers. I keep my camera on, I use few slides, and there are long
breaks.</p>
<p>What does not work is pretending that it is a room. So we do not. Nobody is made to share, and small groups can be
left without a reason.</p>

<h2>What would you like people to take away?</h2>
<p>One sentence that they did not have before. Mine, from a man whose wife had died: “You are the first who asked how
we met.” I have asked everybody since.</p>

<h2>And if somebody reads this who is grieving themselves?</h2>
<p>Then I am sorry, and I am glad that you are reading. You are not late. If there is nobody whom you can tell how you
met, <a href="/help-now/#grief">there are people who will listen</a>, and some of them have lost somebody too.</p>
"""

ARTICLE = ArticleWords(
    slug="how-did-you-meet-hanna-lindqvist-on-grief",
    title="“How did you meet?” Hanna Lindqvist on grief",
    summary="She ran a hospital’s bereavement service for nine years. A talk about Sundays, letters and the boiler.",
    in_brief=(),
    topics=("how-therapy-works",),
    author="imogen-farrow",
    reviewer="adaeze-okonjo",
    published_days_ago=34,
    reviewed_on=date(2026, 10, 25),
    body=BODY,
    references=(),
    related_courses=("complexity-in-grief",),
    cover=Cover("pebbles", "straw"),
    audience="therapists",
    interests="Dr Lindqvist is paid for the workshops that she teaches with us.",
    interviewee="hanna-lindqvist",
)
