/**
 * 0004: what a replay needs to come to the same answer: which controls a measurement was judged with, the ticks that changed
 * something, where the detector stood each day, and a log of what replays changed.
 */
export const sql = `
  create table judged_with (
    seq integer not null references measurement (seq) on delete cascade,
    position integer not null, -- of several controls the order counts
    uuid blob not null, -- of the control's measurement; no reference: the oldest may be given up
    constraint judged_with_pk primary key (seq, position)
  );
  create index judged_with_uuid on judged_with (uuid);
  create table tick (
    id integer primary key,
    seq integer not null, -- of the last measurement saved before it
    at bigint not null
  );
  create index tick_seq on tick (seq, id);
  create table detector_past (
    day_at bigint not null, -- Unix ms: the first commit of a day, UTC
    vantage text not null,
    seq integer not null, -- of the last measurement in it
    tick_id integer not null, -- of the last tick in it
    state blob not null, -- as in detector
    constraint detector_past_pk primary key (day_at, vantage)
  );
  create table replay_audit (
    id integer primary key,
    at bigint not null,
    by_whom text not null,
    body text not null -- JSON: the span, the rules, and each outage before and after
  );
  insert into meta (key, value)
    select 'replay_from_seq', cast(coalesce(max(seq), 0) + 1 as text) from measurement;
`
