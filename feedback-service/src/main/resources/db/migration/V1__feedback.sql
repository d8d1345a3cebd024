-- Completions as inference-service reported them: what a rating points at and a data set is made of.
-- Texts are UTF-8 bytes: a model may well generate U+0000, which PostgreSQL's text cannot hold.
create table completion (
    id               text primary key,
    project          text        not null,
    release_line     text        not null,
    model_name       text        not null,
    model_version    text        not null,
    tokenizer_sha256 text        not null,
    variant          text        not null,
    prompt_sha256    text        not null,
    prompt_ids       integer[]   not null,
    prompt_text      bytea       not null,
    answer_ids       integer[]   not null,
    answer_text      bytea       not null,
    finish_reason    text        not null check (finish_reason in ('stop', 'length', 'cancelled')),
    finish_time      timestamptz not null
);
create index completion_by_model on completion (project, model_name, model_version);
create index completion_by_time on completion (finish_time);

-- The ledger of ratings. Rows are never deleted, and only `state` and what hangs on it changes.
create table rating (
    sequence          bigint generated always as identity unique,
    id                text primary key,
    project           text        not null,
    kind              text        not null check (kind in ('pair', 'thumb')),
    first_completion  text        not null,
    second_completion text check ((second_completion is not null) = (kind = 'pair')),
    verdict           text        not null,
    first_on_left     boolean     not null,
    remark            text        not null,
    rater             text        not null,
    create_time       timestamptz not null,
    -- parked: a completion has not arrived; valid: counts; invalid: kept, counts for nothing
    state             text        not null check (state in ('parked', 'valid', 'invalid')),
    invalid_reason    text        not null default ''
);
create index rating_by_project on rating (project, sequence);
create index rating_by_first on rating (first_completion);
create index rating_by_second on rating (second_completion) where second_completion is not null;

-- The key under which raters' names become pseudonyms; made at the first start.
create table rater_key (
    only_one boolean primary key default true check (only_one),
    key      bytea not null
);

-- Sealed data sets; their rows are files in the artifact store.
create table dataset (
    sequence       bigint generated always as identity unique,
    id             text primary key,
    project        text             not null,
    release_line   text             not null,
    sha256         text             not null,
    training_pairs integer          not null,
    holdout_pairs  integer          not null,
    model_name     text             not null,
    model_version  text             not null,
    holdout_share  double precision not null,
    create_time    timestamptz      not null
);
create index dataset_by_project on dataset (project, sequence);

-- Ratings that decided a pair of a data set.
create table dataset_rating (
    dataset_id text    not null references dataset,
    rating_id  text    not null references rating,
    holdout    boolean not null,
    primary key (dataset_id, rating_id)
);
create index dataset_rating_by_rating on dataset_rating (rating_id);

-- When a line is retrained; lines without a row have the defaults.
create table policy (
    project          text             not null,
    release_line     text             not null,
    enabled          boolean          not null,
    min_new_pairs    integer          not null,
    cooldown_seconds bigint           not null,
    auto_promote     boolean          not null,
    holdout_share    double precision not null,
    -- job settings as protobuf JSON; models and data set are set by the round
    reward           text             not null,
    dpo              text             not null,
    evaluate         text             not null,
    -- limits of the gate; 0 takes the default
    min_holdout_accuracy   double precision not null,
    confidence             double precision not null,
    max_text_loss_increase double precision not null,
    max_length_shift       double precision not null,
    min_holdout_pairs      integer          not null,
    primary key (project, release_line)
);

-- What is served. The epoch grows with each change and fences readers.
create table release_line (
    project            text        not null,
    name               text        not null,
    epoch              bigint      not null,
    promoted_name      text,
    promoted_version   text,
    promoted_manifest  text,
    previous_name      text,
    previous_version   text,
    previous_manifest  text,
    reason             text        not null,
    changed_by         text        not null,
    update_time        timestamptz not null,
    primary key (project, name)
);

-- Every change of a line, for good.
create table release_change (
    project       text        not null,
    name          text        not null,
    epoch         bigint      not null,
    action        text        not null check (action in ('promote', 'roll-back')),
    model_name    text        not null,
    model_version text        not null,
    candidate_id  text,
    verdict       text,
    overruled     boolean     not null,
    reason        text        not null,
    changed_by    text        not null,
    change_time   timestamptz not null,
    primary key (project, name, epoch)
);

-- Versions that may be promoted, with the gate's evidence.
create table candidate (
    sequence        bigint generated always as identity unique,
    id              text primary key,
    project         text        not null,
    release_line    text        not null,
    model_name      text        not null,
    model_version   text        not null,
    manifest_sha256 text        not null,
    parent_name     text,
    parent_version  text,
    dataset_id      text,
    dataset_sha256  text,
    job_id          text        not null,
    state           text        not null check (state in ('evaluating', 'measured', 'promoted', 'rejected')),
    verdict         text,
    checks          jsonb       not null default '[]',
    metrics         jsonb       not null default '{}',
    reason          text        not null default '',
    create_time     timestamptz not null
);
create index candidate_by_line on candidate (project, release_line, sequence);

-- What each replica of inference-service has loaded.
create table replica (
    id          text primary key,
    update_time timestamptz not null
);
create table replica_version (
    replica       text   not null references replica on delete cascade,
    project       text   not null,
    release_line  text   not null,
    release_epoch bigint not null,
    model_name    text   not null,
    model_version text   not null,
    state         text   not null,
    reason        text   not null
);
create index replica_version_by_line on replica_version (project, release_line);

-- Rounds of retraining; at most one of a line is under way.
create table round (
    sequence          bigint generated always as identity unique,
    id                text primary key,
    project           text        not null,
    release_line      text        not null,
    state             text        not null check (state in
        ('reward', 'preference', 'evaluating', 'waiting', 'promoted', 'rejected', 'failed')),
    dataset_id        text        not null references dataset,
    base_name         text        not null,
    base_version      text        not null,
    reward_job_id     text,
    preference_job_id text,
    evaluation_job_id text,
    reward_name       text,
    reward_version    text,
    candidate_id      text,
    error             text        not null default '',
    started_by        text        not null,
    create_time       timestamptz not null,
    update_time       timestamptz not null
);
create unique index round_under_way on round (project, release_line)
    where state in ('reward', 'preference', 'evaluating');
create index round_by_line on round (project, release_line, sequence);

-- Model versions with what they were made from: the edges of the lineage.
create table model_version (
    name           text        not null,
    version        text        not null,
    project        text        not null,
    parent_name    text,
    parent_version text,
    dataset_id     text,
    job_id         text        not null,
    create_time    timestamptz not null,
    primary key (name, version)
);
create index model_version_by_parent on model_version (parent_name, parent_version);
create index model_version_by_dataset on model_version (dataset_id);
