"""Accounts, sign-in, sessions, grants and rights.

Decides who somebody is and what they may do where. Does not decide what is done. Words: a *grant* is role × scope × validity;
a *right* is what a route asks for; a *sign-in session* is not a judging session 场次.
"""
