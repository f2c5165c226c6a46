-- A redraw is asked for by one person and made by another, who confirms what was asked. `number` is the draw that it asks for:
-- once there is a draw of that number, nothing more comes of the request.
CREATE TABLE redraw_request (
    id         uuid PRIMARY KEY DEFAULT uuidv7(),
    season_id  uuid NOT NULL,
    item_id    uuid NOT NULL,
    number     smallint NOT NULL CHECK (number >= 2),
    reason     text NOT NULL CHECK (length(btrim(reason)) >= 2),
    by_account uuid NOT NULL REFERENCES account (id),
    at         timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT redraw_request_of_item FOREIGN KEY (season_id, item_id) REFERENCES item (season_id, id)
);
CREATE INDEX redraw_request_item ON redraw_request (item_id, number);
SELECT make_append_only('redraw_request');
GRANT SELECT, INSERT ON redraw_request TO shibaiqian_app;
