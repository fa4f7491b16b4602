-- Up Migration
create schema if not exists messaging;

-- What a transaction has to say, written in it and published after it: both happen, or neither.
create table messaging.outbox (
  id            uuid primary key,
  seq           bigint not null generated always as identity unique,
  type          text not null,
  subject       uuid not null,
  source        text not null,
  traceparent   text,
  data          jsonb not null,
  said_at       timestamptz not null default now(),
  -- Until then one relay has it in hand. Not in an index, and with room on the page, so that a claim is a cheap update.
  claimed_until timestamptz not null default '-infinity'
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

create function messaging.wake_relays() returns trigger language plpgsql as $$
begin
  perform pg_notify('outbox', '');
  return null;
end $$;
create trigger outbox_said after insert on messaging.outbox
  for each statement execute function messaging.wake_relays();

-- Events whose effect is already part of this database.
create table messaging.inbox (
  event_id    uuid primary key,
  received_at timestamptz not null default now()
);
create index inbox_by_age on messaging.inbox (received_at);

-- Down Migration
drop table messaging.inbox;
drop table messaging.outbox;
drop function messaging.wake_relays();
