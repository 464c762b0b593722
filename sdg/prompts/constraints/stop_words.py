"""English words that say too little of what a text is about to be drawn as its keywords."""

from __future__ import annotations

_WORDS = """
about above across actually after again against ahead almost alone along already also although always among amount
another answer anybody anyone anything anyway around aside asked asking assistant aware away back because become been
before began begin behind being believe below best better between beyond both bring came cannot cause certain clear
come comes compare could couldn't create deal describe details didn't different does doesn't doing done don't down
during each either else enough even ever every everybody everyone everything exactly example except explain feel felt
find first five following form forward four from full further gave general gets getting give given gives giving goes
going gone good great half happen happened happens hard hardly have haven't having hear help hence here hers herself
high himself however idea imagine important include including indeed instead into isn't itself just keep keeps kept
kind know known large last late later least leave left less lets like likely little long look looking lots made main
make makes making many maybe mean means meant might mine more most much must myself name near nearly need needed needs
neither never next nine none nothing often once ones only onto other others otherwise ought ours ourselves over part
particular past perhaps place please point possible prompt provide put puts question quite rather real really reason
recent regarding response right said same says second seem seems seen sent sentence seven several shall should
shouldn't show shows similar simple since small some somebody somehow someone something sometimes somewhere soon sort
still such suggest sure take taken takes taking tell tells than thank that that's their theirs them themselves then
there these they they're thing things think this those though thought three through thus together told took toward
towards tried tries true trying turn type under unless until upon used useful user using usual usually various very
want wanted wants wasn't ways well went were weren't what what's whatever when whenever where whether which while
whoever whole whom whose will wish with within without word words work would wouldn't write writes writing written
wrote year years your yours yourself
"""
STOP_WORDS = frozenset(_WORDS.split())
