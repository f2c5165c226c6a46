"""A session in the workshop: handed out to a venue server as a signed bundle, judged there without link, and its facts taken back.

This room decides what goes out and comes back, who may send for it, and that nothing is lost or doubled on the way. It does not
judge: the venue server is the same program, and its judges use the same rooms.

Words: the *centre* is the installation that runs the contest; a *venue server* judges sessions that were *handed out* to it; a
*session bundle* goes out, *bundles of facts* come back; to *take back* ends a hand-out.
"""
