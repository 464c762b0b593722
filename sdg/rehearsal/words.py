"""The vocabulary of the made-up text: tables of words and phrases, cut once at import. No grammar here.

Each table says in its comment which form its phrases have, because the grammar puts them into sentences
unchanged: a phrase of the wrong form makes broken English somewhere.
"""

from __future__ import annotations


def table(text: str) -> tuple[str, ...]:
    """The phrases of a text, which stand between semicolons or line ends."""
    return tuple(phrase.strip() for line in text.splitlines() for phrase in line.split(";") if phrase.strip())


def word_set(text: str) -> frozenset[str]:
    """The single words of a text."""
    return frozenset(text.split())


# Singular noun phrases without an article: "... shapes", "the role of ...".
FACETS = table("""
record keeping; early planning; routine maintenance; staff training; public safety; quality control; cost control
careful timing; water use; energy use; waste handling; risk assessment; data collection; local knowledge
peer review; seasonal change; soil quality; air quality; noise; light; temperature; humidity; storage; transport
packaging; pricing; insurance; financing; tax policy; zoning; licensing; inspection; documentation; measurement
calibration; forecasting; scheduling; recruitment; mentoring; teamwork; leadership; conflict resolution
communication; storytelling; translation; public opinion; media coverage; advertising; word of mouth; tradition
ritual; folklore; religion; education; literacy; childhood experience; family life; ageing; nutrition; sleep
exercise; stress; pain; memory; attention; motivation; habit; curiosity; humour; trust; privacy; fairness; consent
ownership; competition; cooperation; regulation; standardisation; automation; software; mapping; statistics
modelling; simulation; prototyping; testing; recycling; repair; restoration; conservation; biodiversity; migration
climate; drought; flooding; erosion; pollution; disease control; hygiene; accessibility; affordability; mobility
trade; tourism; craftsmanship; design; aesthetics; symbolism; colour; texture; material choice; tool choice
the supply chain; first aid; emergency response; crowd behaviour; volunteering; fundraising; archiving; labelling
navigation; rhythm; repetition; improvisation; scale; symmetry; friction; vibration; corrosion; insulation
ventilation; drainage; irrigation; pest control; fermentation; preservation; seed selection; animal welfare
""")
# The same, but such as fit nearly every field of work or knowledge.
MATTERS = table("""
record keeping; early planning; routine checking; staff training; safety law; quality control; cost control; timing
risk assessment; data collection; local knowledge; seasonal change; storage; transport; pricing; insurance
licensing; inspection; documentation; measurement; calibration; forecasting; scheduling; teamwork; communication
public opinion; regulation; standardisation; automation; software; testing; repair; design; tool choice
material choice; first aid; emergency response; fault finding; dispute settlement; waste handling; energy use
water use; noise control; spare-part supply; outsourcing; apprenticeship; night work; complaint handling
working from old plans; cost overrun; remote monitoring; accident prevention; early warning; shift handover
second-hand equipment; method transfer; local supply; daily routine
""")
# Plural noun phrases without an article: people who do things.
ACTORS = table("""
school teachers; small farms; city councils; night-shift nurses; first-time buyers; retired engineers
museum curators; long-distance drivers; community groups; family businesses; graduate students; field biologists
local journalists; village cooperatives; software teams; independent shops; mountain guides; school principals
public libraries; archivists; home cooks; amateur astronomers; ship crews; railway workers; social workers
youth clubs; translators; choir directors; bicycle mechanics; emergency crews; harbour masters; hospital kitchens
weather services; insurance companies; tenants; volunteers; apprentices; new parents; competitive runners
chess coaches; beekeepers; carpenters; potters; electricians; foresters; fishing crews; vineyard owners
wedding planners; theatre companies; radio hosts; data analysts; surveyors; postal workers; landlords; park rangers
dentists; pharmacists; physiotherapists; orchestras; printers; tailors; bakers
""")
# Place phrases that follow "in".
PLACES = table("""
coastal towns; northern Portugal; a mid-size hospital; rural Kenya; the Andes; a dense city centre; southern India
small island states; a public school; the Baltic region; a desert climate; rural Japan; West Africa
a family workshop; the American Midwest; a former mining town; the Netherlands; a shared office; an apartment block
the Scottish Highlands; central Mexico; a university laboratory; a monastery; a tropical delta; post-war Europe
a mountain village; Vietnam; a remote research station; the Ottoman Empire; medieval Venice; an industrial port
suburban Australia; a start-up; a refugee camp; a national park; the Arctic; a lakeside community; a river valley
New Zealand; a student dormitory; a high-rise building; Morocco; the Great Plains; a night market; a retirement home
Patagonia; a warehouse; Bangladesh
""")
# Clauses with a subject, for after "when", "if", "because".
CIRCUMSTANCES = table("""
the budget is fixed for the year; nobody has done it before; the weather turns; half of the team is new
the records are incomplete; two departments disagree; a deadline is only {n} days away
demand doubles within {n} months; the main supplier closes; power is out for {n} hours; the public is watching
the law changes; the instruments drift; the youngest members take over; the usual tools are missing
a rumour spreads faster than the facts; space is scarce; the first attempt fails; children are involved
rents rise by {pct} percent; money is short but time is not; experts and beginners work side by side
the data come from only {n} sites; the season starts {n} weeks late; the old method still works well enough
everyone has a different goal; the equipment is {n} years old; language is a barrier; the work must be done at night
a storm is forecast; results are needed by Friday; the audience is sceptical; the instructions contradict each other
only {n} people can be spared; visitors keep arriving; temperatures stay below freezing for {n} weeks
a neighbour objects; the original plans are lost; safety rules tighten; there is no internet connection
the community is split; prices fall by {pct} percent; the samples are mixed up
""")
# Verb phrases in the plural present: "teams who ...".
HABITS = table("""
keep a daily log; work in pairs; change one thing at a time; ask for help early; write down what went wrong
measure before they cut; start with a small trial; visit other sites once a year; share their tools
teach what they know; plan backwards from the deadline; check the figures twice
set aside {pct} percent of the budget; rest one day a week; compare notes every {n} weeks
rely on printed checklists; talk to older colleagues; read the manual first; rotate tasks every {n} hours
test under bad conditions; keep spare parts at hand; listen to complaints; archive drafts; review one case in detail
learn the local names; leave room for error; agree on terms at the start; draw a rough map
""")
# Verb phrases in the base form: "tend to ...".
RESULTS = table("""
make fewer mistakes; finish earlier; waste less material; win the trust of their neighbours
save about {pct} percent; notice trouble sooner; argue less; spend more at first and less later; recover faster
keep their staff longer; find simpler solutions; attract younger members; avoid the worst accidents
depend less on luck; learn from failure; produce steadier results; lose some speed; need fewer repairs
explain their choices better; see the limits of the method
""")
# Clauses that give a reason, for after "because" or "since".
REASONS = table("""
small errors add up over a season; people remember stories better than numbers; the cheapest option rarely lasts
habits form in the first {n} weeks; nobody checks what everybody assumes; the costs fall on different people
good tools hide poor technique; conditions change from year to year; the slowest part sets the pace
feedback comes late; warm air holds more moisture; every handover loses information
attention fades after {n} minutes; trust is slow to build; the rules were written for larger organisations
skills are lost when they are not used; a single failure is enough; what is measured is what gets done
the first impression decides; local materials behave differently; demand is seasonal
""")
# Adjectives.
QUALITIES = table("""
practical; careful; surprising; underrated; well-documented; gradual; fragile; expensive; robust; seasonal; informal
hidden; modern; traditional; controversial; reliable; flexible; subtle; local; widespread; ordinary; ambitious
quiet
""")
# Noun phrases for a reader or listener, after "for".
AUDIENCES = table("""
first-year students; a retired engineer; busy parents; a local newspaper's readers; new employees
a sceptical committee; secondary-school pupils; small-business owners; people who are new to the country
volunteers on their first day; a group of ten-year-olds; policy makers; hobbyists; nurses in training
visitors to a museum; an online forum; investors; experienced practitioners; adult learners; a book club
patients and their families; tenants; a technical conference; people with little time; readers of a monthly magazine
apprentices; a grant committee; the board of a charity; grandparents; a community radio audience; recent graduates
a mixed audience of beginners and experts; trainee teachers
""")
# Kinds of document: plain names without an article, as a template might name them.
KINDS = table("""
newsletter; essay; email; poem; short story; blog post; speech; press release; product description; review; letter
opinion piece; how-to guide; report; dialogue; script; summary; memo; brochure; diary entry; interview; fable
manual; cover letter; proposal; article; case study; social media post; travel guide; obituary; FAQ page
lesson plan; eulogy
""")
# Imperatives: what a text should do.
DEMANDS = table("""
include one short anecdote; keep it under {n}00 words; mention at least {n} concrete examples; avoid technical terms
end with a question to the reader; open with a striking image; weigh the costs against the benefits
use plain language; compare two approaches; name a common mistake and how to avoid it; quote an imaginary expert
give exact quantities; address a likely objection; describe the smell and the sound of the place; use subheadings
finish with a call to action; set it in the year {year}; explain every abbreviation; add a short timeline
keep the tone light; stay strictly factual; tell it in the first person; structure it in {n} parts
include a table of costs; refer to {place}; list the tools needed
""")
STYLES = table("""
a warm, informal tone; a dry, precise style; gentle humour; the voice of an eyewitness; short, punchy sentences
a formal register; vivid detail; a step-by-step structure; a hopeful ending; the manner of a radio essay
plain prose
""")
# Past periods, as adverbials.
PERIODS = table("""
in the {decade}s; over the last {n} years; before {year}; since {year}; during the {century} century; after {year}
within a single generation; in the years around {year}; between {year} and today
""")
# Verbs in the third person singular for what one matter does to another.
EFFECTS = table("""
shapes; limits; improves; complicates; changes; supports; weakens; slows; drives; reveals; threatens; protects
""")
