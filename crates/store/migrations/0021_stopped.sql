-- Who is not paid any more is few among many: a list of them is asked before a batch is approved and written out.
CREATE INDEX person_stopped ON person (county_code, id) WHERE status NOT IN ('normal', 'new', 'unconfirmed');
