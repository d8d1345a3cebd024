-- Events that are not yet sent. A change and its event are one transaction.
CREATE TABLE outbox (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic        text        NOT NULL,
    event_id     text        NOT NULL,
    type         text        NOT NULL,
    key          text        NOT NULL,
    value        bytea       NOT NULL,
    event_time   timestamptz NOT NULL,
    trace_parent text
);

-- Events that have had their effect, so that a repeat has none. Kept longer than any topic keeps its records.
CREATE TABLE consumed_event (
    consumer    text        NOT NULL,
    event_id    text        NOT NULL,
    consumed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer, event_id)
);
