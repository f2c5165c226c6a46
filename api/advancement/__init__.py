"""Places in the next tier: who is offered one from a final standing, who answers, who moves up.

Decides nothing about ranks or quotas: `scoring.select` does. Words: a *preview* is what the rule says of a standing that is not final
and binds nobody; a *slot* is a place offered from a final one; a *substitute* is offered the place of somebody who declined.
"""
