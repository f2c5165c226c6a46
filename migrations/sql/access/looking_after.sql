-- Who looks after an account: the organisation whose administrators and organisers may see it, reset it and switch it off.
-- Empty for accounts of the demo and of imports, which only their grants place somewhere.
ALTER TABLE account ADD COLUMN organisation_id uuid CONSTRAINT account_looked_after_by REFERENCES organisation (id);
CREATE INDEX account_organisation ON account (organisation_id);

-- How long a session may rest, decided when it is opened: a tablet that marks offline for hours rests longer than a browser.
ALTER TABLE sign_in_session ADD COLUMN idle interval NOT NULL DEFAULT '2 hours';
ALTER TABLE sign_in_session ADD CONSTRAINT sign_in_session_on_device FOREIGN KEY (device_id) REFERENCES device (id);

ALTER TABLE device ADD CONSTRAINT device_of_contest FOREIGN KEY (contest_id) REFERENCES contest (id);
