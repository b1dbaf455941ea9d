"""What the demo's courses cite."""

from practice_site.demo.shapes.reading import ReferenceWords

PROLONGED_GRIEF = ReferenceWords(
    "Lundorff M, Holmgren H, Zachariae R, Farver-Vestergaard I, O’Connor M",
    2017,
    "Prevalence of prolonged grief disorder in adult bereavement: a systematic review and meta-analysis",
    "Journal of Affective Disorders 212:138–149",
    "10.1016/j.jad.2017.01.030",
)
SOCIAL_BASELINE = ReferenceWords(
    "Beckes L, Coan JA",
    2011,
    "Social baseline theory: the role of social proximity in emotion and economy of action",
    "Social and Personality Psychology Compass 5(12):976–988",
    "10.1111/j.1751-9004.2011.00400.x",
)
PARTS_AND_ARTHRITIS = ReferenceWords(
    "Shadick NA, Sowell NF, Frits ML, et al.",
    2013,
    "A randomized controlled trial of an internal family systems-based psychotherapeutic intervention on outcomes in "
    "rheumatoid arthritis: a proof-of-concept study",
    "The Journal of Rheumatology 40(11):1831–1841",
    "10.3899/jrheum.121465",
)
ALLIANCE = ReferenceWords(
    "Flückiger C, Del Re AC, Wampold BE, Horvath AO",
    2018,
    "The alliance in adult psychotherapy: a meta-analytic synthesis",
    "Psychotherapy 55(4):316–340",
    "10.1037/pst0000172",
)
BIRTH_ORDER = ReferenceWords(
    "Rohrer JM, Egloff B, Schmukle SC",
    2015,
    "Examining the effects of birth order on personality",
    "Proceedings of the National Academy of Sciences 112(46):14224–14229",
    "10.1073/pnas.1506451112",
)
