/**
 * 0001: measurements in small rows, outages with their causes and evidence, hourly counts, and the detector's state.
 *
 * A measurement is found by its id, or by `seq`, the order in which it was saved; `stretch` says which `seq` an hour of
 * time lies in. One index fewer than by time keeps an ok measurement under 100 bytes.
 */
export const sql = `
  create table meta (
    key text primary key,
    value text not null
  );
  create table detector (
    vantage text primary key,
    saved_at bigint not null,
    state blob not null -- JSON, zstd: it is written with nearly every commit
  );

  -- Down to verdict: words that repeat in every row; an entry is never changed nor removed, so an id means the same for ever.
  create table vantage (
    id integer primary key,
    name text not null unique
  );
  create table endpoint (
    id integer primary key,
    name text not null unique
  );
  create table series (
    id integer primary key,
    endpoint_id integer not null references endpoint (id),
    vantage_id integer not null references vantage (id),
    url text not null,
    plan text not null,
    purpose text not null,
    constraint series_once unique (endpoint_id, vantage_id, url, plan, purpose)
  );
  create table rule (
    id integer primary key,
    outcome text not null,
    name text not null,
    constraint rule_once unique (outcome, name)
  );
  create table verdict (
    id integer primary key,
    rule_id integer not null references rule (id),
    body text not null, -- JSON, keys in a fixed order
    constraint verdict_once unique (body, rule_id)
  );

  create table measurement (
    seq integer primary key, -- order saved, which is the order replayed
    uuid blob not null unique,
    series_id integer not null references series (id),
    verdict_id integer references verdict (id), -- null: never judged
    started_at bigint not null,
    duration_ms integer not null,
    dns_ms integer, -- null: no such step succeeded
    tcp_ms integer,
    tls_ms integer,
    http_ms integer,
    saw_http integer not null check (saw_http in (0, 1)),
    unfit text,
    answered text -- what a canary said of its vantage; null for all others
  );
  create table record (
    seq integer primary key references measurement (seq) on delete cascade,
    body blob not null -- the whole measurement: JSON, zstd
  );
  create table stretch (
    hour_at bigint not null, -- Unix ms, start of hour, UTC
    first_seq integer not null,
    last_seq integer not null, -- rows of other hours may lie between the two
    n integer not null check (n >= 0), -- rows of this hour still there
    pruned integer not null check (pruned in (0, 1)),
    constraint stretch_pk primary key (hour_at, first_seq)
  );
  create index stretch_unpruned on stretch (pruned, hour_at);
  create table cell (
    hour_at bigint not null, -- Unix ms, start of hour, UTC
    endpoint_id integer not null references endpoint (id),
    vantage_id integer not null references vantage (id),
    rule_id integer not null references rule (id),
    n integer not null check (n > 0),
    constraint cell_pk primary key (hour_at, endpoint_id, vantage_id, rule_id)
  );

  create table outage (
    id text primary key,
    service text, -- null: the vantage itself
    vantage text not null,
    cause text not null,
    mechanism text,
    onset_after_at bigint,
    onset_before_at bigint not null,
    opened_at bigint not null,
    end_after_at bigint,
    end_before_at bigint,
    closed_at bigint,
    reopened integer not null
  );
  create index outage_onset on outage (onset_before_at, id);
  create table cause_change (
    outage_id text not null references outage (id),
    position integer not null,
    at bigint not null,
    cause text not null,
    mechanism text,
    reason text not null,
    constraint cause_change_pk primary key (outage_id, position)
  );
  create table evidence (
    outage_id text not null references outage (id),
    position integer not null,
    uuid blob not null, -- no reference: it may be saved after the outage that cites it
    constraint evidence_pk primary key (outage_id, position)
  );
  create index evidence_uuid on evidence (uuid);
`
