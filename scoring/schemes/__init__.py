"""A whole contest: stages, boards, teams, awards; run from facts to outcome."""
