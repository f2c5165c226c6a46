-- Stages follow from the plan: a new plan, while nothing has been judged, brings its own.
GRANT DELETE ON stage TO shibaiqian_app;
