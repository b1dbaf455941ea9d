"""The pages of the practice in Illinois."""

from practice_site.demo.shapes.practice import PageWords

ABOUT_HTML = """
<p>Prairie Lantern began with three clinicians who shared an office in Naperville and a habit of reading the footnotes.
We now see people in Naperville, Plainfield, Aurora and Oswego, and online anywhere in Illinois.</p>
<h2>What we hold on to</h2>
<ul>
<li>A person answers, and says when.</li>
<li>We say what a way of working can do, and what nobody knows yet.</li>
<li>If we are not the right people for you, we help you to find them.</li>
</ul>
"""
ESTIMATE_HTML = """
<p>If you have no insurance, or do not use it for our services, you have the right to receive a <strong>Good Faith
Estimate</strong> of what your care is expected to cost.</p>
<ul>
<li>We give it to you in writing before your first paid appointment, and whenever you ask for one.</li>
<li>It lists the services that we expect, and what each costs.</li>
<li>If you receive a bill that is at least $400 more than your estimate, you can dispute it. Keep a copy of the
estimate.</li>
</ul>
<p>Questions? Write to [email] or call [phone].</p>
"""
HEALTH_PRIVACY_HTML = """
<p>This page is a pattern. A real practice puts its own <strong>notice of privacy practices</strong> here, as HIPAA asks
for: how medical information about you may be used and given on, and how you can get at it.</p>
<h2>What it has to tell</h2>
<ul>
<li>How we use and share what we know about you: for treatment, for payment, and to run the practice.</li>
<li>What we do only with your written permission, which you may take back.</li>
<li>Your rights: to see and copy your record, to have it corrected, and to ask that we reach you in a certain way.</li>
<li>How to complain, to us and to the authorities, and that nothing happens to you for it.</li>
</ul>
<p>Ask us for a paper copy at [email] or [phone].</p>
"""
QUESTIONS_HTML = """
<h2>What happens in the first call?</h2>
<p>Twenty minutes, free. You say what you are looking for, as much as you like; we say who of us could help, when, and
what it costs. Nothing follows unless you want it to.</p>
<h2>How long does it take?</h2>
<p>We cannot know beforehand. Every few sessions we ask you whether this is helping.</p>
<h2>May I change to somebody else?</h2>
<p>Yes. You need not give a reason, and nobody takes it amiss.</p>
<h2>Who hears what I say?</h2>
<p>Nobody, with few exceptions that the law makes, above all where somebody is in danger. We tell you about them before
we begin.</p>
"""
PRIVACY_HTML = """
<p>This notice says what [company name] keeps about you through this website. What we keep about clients in our records
is told in a notice that you get before your first appointment.</p>
<ul>
<li>Reading this site sets no cookies, and its pages load nothing from other companies.</li>
<li>What you write in the form is deleted from this site after [enquiries kept]. Only those who answer can read it.</li>
<li>If you join the newsletter, we keep your address and what you agreed to. An address that is never confirmed is
deleted after [unconfirmed kept]; the words of a mail are kept for [mails kept].</li>
</ul>
<p>Ask us at [email] or [phone] to see, correct or delete what we keep.</p>
"""
ACCESSIBILITY_HTML = """
<p>We aim at the Web Content Accessibility Guidelines (WCAG) 2.2, level AA, and have not had this site audited. If
something here is hard or impossible for you to use, write to [email] or call [phone], and we give you what you came for
in another way. Three of our four offices are step-free; the page about therapy says which.</p>
"""
PAGES = (
    PageWords(kind="about", title="About us", version="1", body=ABOUT_HTML),
    PageWords(kind="good-faith-estimate", title="Good Faith Estimate", version="1", body=ESTIMATE_HTML),
    PageWords(
        kind="notice-of-privacy-practices", title="Notice of privacy practices", version="1", body=HEALTH_PRIVACY_HTML
    ),
    PageWords(kind="questions", title="Questions people ask", version="1", body=QUESTIONS_HTML),
    PageWords(kind="privacy", title="Privacy", version="1", body=PRIVACY_HTML),
    PageWords(kind="accessibility", title="Accessibility", version="1", body=ACCESSIBILITY_HTML),
)
