-- Login links that were used: each works once. A row may go when the link has expired anyway.
create table used_login (
    token_id    text primary key,
    expire_time timestamptz not null
);

-- Who is signed in to the console. The browser holds the id, this table its SHA-256 only: whoever
-- reads the table cannot sign in with it.
create table console_session (
    id_sha256   bytea primary key,
    subject     text        not null,
    roles       text[]      not null,
    projects    text[]      not null,
    create_time timestamptz not null,
    expire_time timestamptz not null
);
