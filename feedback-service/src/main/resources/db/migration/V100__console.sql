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

-- Jobs as trainer-service tells of them over Kafka, for people to look at.
create table job_copy (
    sequence    bigint generated always as identity unique,
    id          text primary key,
    project     text        not null,
    create_time timestamptz not null,
    -- gyre.training.v1.Job in protobuf
    job         bytea       not null
);
create index job_copy_by_project on job_copy (project, sequence);
