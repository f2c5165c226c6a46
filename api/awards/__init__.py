"""What the results earn, by rule and with reasons, and what an authority decides.

Decides which facts about a person count as known; the rules themselves are `scoring.propose`. Words: a *proposal* is what a rule
says of one person, a *decision* is what an authority says of a proposal; a *check* answers a question that no rule may answer.
"""
