-- One row a job. The state machine is dev.gyre.trainer.jobs.Job; this is its memory.
create table job (
    id                    text primary key,
    request_id            text not null unique,
    project               text not null,
    requested_by          text not null,
    kind                  text not null,
    specification         text not null, -- gyre.training.v1.JobSpec as JSON, always printed the same way
    state                 text not null check (state in ('queued', 'running', 'checkpointed', 'succeeded', 'failed', 'cancelled')),
    attempt               integer not null, -- the fencing number
    create_time           timestamptz not null,
    update_time           timestamptz not null,

    -- while running
    lease_until           timestamptz,
    holder_place          text,
    holder_process_id     bigint,
    holder_start_millis   bigint,

    -- after an attempt that ended too early
    not_before            timestamptz,
    reason                text,
    crashes               integer not null,
    losses                integer not null,
    mark_phases           text[] not null,
    mark_step             bigint not null,
    attempt_mark_phases   text[] not null,
    attempt_mark_step     bigint not null,

    -- last report of a worker; phase is null before the first
    phase                 text,
    step                  bigint,
    total_steps           bigint,
    loss                  double precision,
    tokens_per_second     double precision,
    remaining_seconds     double precision,
    note                  text,

    -- at the end
    error                 text,
    model_name            text,
    model_version         text,
    manifest_sha256       text,
    metrics_path          text,
    metric_names          text[],
    metric_values         double precision[]
);

create index job_newest on job (create_time desc, id desc);
create index job_newest_of_project on job (project, create_time desc, id desc);
create index job_waiting on job (create_time, id) where state in ('queued', 'checkpointed');
create index job_running on job (lease_until) where state = 'running';
