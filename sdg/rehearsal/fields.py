"""The names of fields and topics that the made-up text can list without being given any. Tables only."""

from __future__ import annotations

from sdg.rehearsal.words import table, word_set

GENERAL = table("""
Agriculture; Animal behaviour; Anthropology; Archaeology; Architecture; Astronomy; Aviation; Beekeeping
Biochemistry; Board games; Bookbinding; Botany; Business ethics; Career planning; Cartography; Ceramics
Child development; Chemistry; Choral music; Civil engineering; Climate science; Coastal ecology; Coffee and tea
Comparative religion; Composting; Computer networks; Constitutional law; Consumer rights; Contemporary dance
Cooking techniques; Criminology; Cryptography; Cultural festivals; Cycling; Dairy farming; Data visualisation
Dentistry; Disaster relief; Documentary film; Early music; Earthquake engineering; Economics; Educational psychology
Electric vehicles; Electronics repair; Emergency medicine; Energy policy; Environmental law; Epidemiology
Event planning; Fashion history; Fermented foods; Film editing; Fisheries; Folk tales; Food safety; Forestry
Freelance work; Gardening; Genealogy; Genetics; Geology; Glass blowing; Graphic design; Health insurance
Hiking and camping; Historic preservation; Home renovation; Horse riding; Hospitality; Housing policy
Human geography; Human rights; Immigration; Indoor plants; Industrial design; Infectious disease; Interior design
International trade; Inventory control; Jazz; Job interviews; Journalism; Knitting and weaving; Labour history
Languages; Leadership; Library science; Linguistics; Literary criticism; Local government; Logistics
Machine maintenance; Marine biology; Marketing; Martial arts; Materials science; Medieval history; Mental health
Meteorology; Microbiology; Midwifery; Mountaineering; Mushroom foraging; Museum studies; Music theory; Mythology
Negotiation; Neuroscience; Non-profit work; Nursing; Nutrition; Ocean navigation; Operating systems; Opera; Optics
Ornithology; Paediatrics; Paper making; Parenting; Personal finance; Philosophy; Photography; Physical therapy
Physics; Pet care; Plumbing; Poetry; Political theory; Pottery; Printing; Product design; Project planning
Psychology; Public health; Public speaking; Public transport; Puzzles; Quality assurance; Radio; Railways
Real estate; Recycling; Renewable energy; Robotics; Rural development; Sailing; Sculpture; Search engines
Shipbuilding; Sign language; Sleep; Small business; Sociology; Soil science; Space exploration; Sports coaching
Stage design; Statistics; Street food; Surgery; Surveying; Taxation; Teaching methods; Theatre; Time management
Tourism; Toy design; Travel writing; Urban planning; Vaccines; Veterinary care; Video games; Viticulture
Volcanology; Volunteering; Waste water; Watchmaking; Weather forecasting; Wildlife conservation; Wine making
Women's history; Wood carving; Workplace safety; World literature; Yoga; Youth work; Zoology
""")
MATH = table("""
Fractions; Ratios and proportions; Percentages; Linear equations; Systems of equations; Quadratic equations
Inequalities; Polynomials; Factoring; Exponents and radicals; Logarithms; Arithmetic sequences; Geometric series
Complex numbers; Coordinate geometry; Triangles; Circle theorems; Similar figures; Area and perimeter
Volume of solids; Trigonometry; Trigonometric identities; Vectors; Matrices; Determinants; Eigenvalues
Linear transformations; Limits; Continuity; Derivatives; Optimisation; Related rates; Integrals
Integration by parts; Infinite series; Taylor series; Differential equations; Multivariable calculus; Probability
Conditional probability; Expected value; Permutations; Combinations; Binomial theorem; Pigeonhole principle
Recurrence relations; Graph theory; Trees; Modular arithmetic; Prime numbers; Divisibility; Greatest common divisor
Diophantine equations; Set theory; Propositional logic; Proof by induction; Functions; Inverse functions
Descriptive statistics; Regression; Hypothesis testing; Normal distribution; Markov chains; Game theory
Linear programming; Number bases; Unit conversion; Simple interest; Compound interest; Rates and work
Mixture problems; Group theory; Rings and fields; Topology; Metric spaces; Fourier series; Fractals
Numerical methods; Interpolation; Boolean algebra; Coding theory; Cryptography; Knot theory; Measure theory
Polygons
""")
PYTHON = table("""
Lists and tuples; Dictionaries; Sets; String formatting; Regular expressions; List comprehensions; Generators
Decorators; Context managers; Closures; Recursion; Sorting algorithms; Binary search; Dynamic programming
Graph traversal; Heaps; Queues; Linked lists; Tries; Classes and objects; Inheritance; Data classes
Abstract base classes; Enumerations; Type hints; Exceptions; Logging; Unit testing; Mocking; Property-based testing
File handling; CSV files; JSON parsing; Date and time; Time zones; Command-line arguments; Environment variables
Subprocesses; Threads; Multiprocessing; Asyncio; Sockets; HTTP requests; Web scraping; REST services
WSGI applications; SQL queries; SQLite; Object mapping; Migrations; NumPy arrays; Broadcasting; Data frames
Group-by operations; Plotting; Image processing; Natural language processing; Decimal arithmetic; Random numbers
Bit manipulation; Hashing; Encryption; Compression; Memory profiling; Caching; Iterators; Functional programming
Itertools; Collections; Descriptors; Metaclasses; Packaging; Virtual environments; Import system; Garbage collection
Pattern matching; Unicode; Binary data; Matrix operations; Simulation; Rate limiting; Configuration files
Template rendering; Email sending; Task scheduling; State machines; Parsing; Text adventure games
""")
# Patterns for a part of a topic; {topic} is what was given. Those of `fields` fit any school subject.
SUBTOPICS = table("""
{Matter} in {topic}; {Matter} for {topic}; {Topic} and {matter}; The history of {topic}; {Topic} in {place}
{Quality} approaches to {topic}; Common mistakes in {topic}; Careers in {topic}; {Matter} and {matter} in {topic}
Tools for {topic}; The economics of {topic}; {Topic} {period}; Ethics of {topic}; {Matter} problems in {topic}
{Quality} traditions of {topic}; Myths about {topic}; {Topic} on a small budget; {Topic} and the role of {facet}
Measuring {matter} in {topic}; {Topic} for beginners; Records in {topic}; Limits of {matter} in {topic}
""")
MATH_SUBTOPICS = table("""
{Topic} word problems; Proofs about {topic}; {Topic} in {number} variables; {Topic} and {math}; Bounds in {topic}
Graphical views of {topic}; {Topic} over the integers; Approximation in {topic}; {Math} applied to {topic}
Counting arguments in {topic}; Symmetry in {topic}; {Topic} with parameters; Geometric meaning of {topic}
Special cases of {topic}; Algorithms for {topic}; Historical problems in {topic}; Counterexamples in {topic}
{Topic} in physics; Estimation with {topic}
""")
PYTHON_SUBTOPICS = table("""
{Topic} with {python}; Debugging {topic}; Testing code that uses {topic}; Performance of {topic}
Typed interfaces for {topic}; {Topic} in command-line tools; Error handling with {topic}; {Topic} for large files
Refactoring {topic}; {Topic} step by step; Thread safety of {topic}; Memory use of {topic}
Custom classes for {topic}; Iterating over {topic}; {Topic} from scratch; Serialising {topic}
Common bugs with {topic}; Visualising {topic}; {Python} and {topic} together; Caching and {topic}
""")
HINTS = {
    "math": word_set("""
theorem equation equations algebra geometry calculus matrix number numbers function functions probability statistics
integral derivative series sequence proof logic set graph prime polynomial fraction vector angle triangle circle lemma
conjecture group ring space formula rule distribution inequality logarithm interval sum product root
"""),
    "python": word_set("""
python programming software algorithm code library module class data list string file database web api parser compiler
loop thread queue stack tree hash sort sorting search array dictionary test package object variable iterator generator
regular expression json csv unicode recursion cache protocol format encoding function
"""),
}
"""Words in a title that show that it belongs to a field."""
