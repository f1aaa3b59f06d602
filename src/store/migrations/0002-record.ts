/**
 * 0002: the record beside the measurements: documented events with their audit log, reports, incidents, the states of services
 * over time, and the tokens that may write events.
 *
 * Nouns are kept whole, as JSON, beside the few columns that are searched.
 */
export const sql = `
  create table token (
    name text primary key,
    hash text not null unique, -- SHA-256, hex; the token itself is nowhere
    created_at bigint not null
  );
  insert into meta (key, value) values ('record_version', '0'), ('incident_version', '0');
  -- What began long ago and reaches into a span of time is found among these few; what began lately, by its onset.
  create index outage_long on outage (onset_before_at, id)
    where end_before_at is null or end_before_at - onset_before_at > 604800000;
  create table event (
    id text primary key,
    body text not null, -- JSON: the event as it stands
    imported text, -- JSON: what the file last said; null: it never came from a file
    added_by text not null,
    retracted_at bigint -- null: it stands
  );
  create table event_audit (
    id integer primary key,
    at bigint not null,
    by_whom text not null,
    action text not null,
    event_id text not null references event (id),
    before_body text, -- JSON; null: there was none
    after_body text
  );
  create index event_audit_event on event_audit (event_id, id);
  create table report (
    id text primary key,
    position integer not null, -- in the file
    body text not null -- JSON
  );
  create table incident (
    id text primary key,
    kind text not null,
    country text not null,
    start_at bigint not null, -- see extent.ts; undated ones come before all others
    until_at bigint, -- null: not over
    body text not null, -- JSON
    gone_at bigint, -- null: it stands
    merged_into text -- the incident that took its members in
  );
  create index incident_start on incident (start_at, id);
  create table incident_service (
    incident_id text not null references incident (id),
    service text not null,
    constraint incident_service_pk primary key (incident_id, service)
  );
  create table incident_member (
    member text not null, -- outage or report id
    incident_id text not null references incident (id),
    constraint incident_member_pk primary key (member, incident_id)
  );
  create index incident_member_incident on incident_member (incident_id);
  create table incident_change (
    id integer primary key,
    at bigint not null, -- when it was noticed
    kind text not null,
    incident_id text not null,
    others text not null -- JSON: incident ids
  );
  create index incident_change_incident on incident_change (incident_id, id);
  create table strip (
    id integer primary key,
    service text not null,
    vantage text not null,
    constraint strip_once unique (service, vantage)
  );
  create table state_change (
    strip_id integer not null references strip (id),
    at bigint not null, -- from here on
    state text not null,
    mechanism text,
    ref text, -- outage id
    constraint state_change_pk primary key (strip_id, at)
  );
`
