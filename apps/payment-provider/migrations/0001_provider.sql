-- Up Migration

-- One row per key, written once and never changed: the key is where everybody who drives one charge meets.
-- A void of a key that was never charged leaves a row without a charge in it, which stops every later one.
create table provider.charges (
  key text primary key check (length(key) between 1 and 200),
  id uuid not null unique,
  outcome text not null check (outcome in ('captured', 'declined', 'voided')),
  order_id uuid,
  amount bigint check (amount >= 0),
  currency text check (currency = 'USD'),
  token text,
  reason text check (reason is null or outcome = 'declined'),
  at timestamptz not null,
  check (num_nulls(order_id, amount, currency, token) = case outcome when 'voided' then 4 else 0 end)
);

create index charges_journal on provider.charges (id) where outcome <> 'voided';
create index charges_order on provider.charges (order_id);

-- Whole charges are paid back, each once.
create table provider.refunds (
  key text primary key check (length(key) between 1 and 200),
  id uuid not null unique,
  charge_key text not null unique references provider.charges (key),
  order_id uuid not null,
  amount bigint not null check (amount >= 0),
  currency text not null check (currency = 'USD'),
  at timestamptz not null
);

create index refunds_order on provider.refunds (order_id);

create table provider.behavior (
  only_row boolean primary key default true check (only_row),
  latency_p50_ms double precision not null default 0 check (latency_p50_ms >= 0),
  latency_p99_ms double precision not null default 0 check (latency_p99_ms >= latency_p50_ms),
  decline_rate double precision not null default 0 check (decline_rate between 0 and 1),
  lost_answer_rate double precision not null default 0 check (lost_answer_rate between 0 and 1),
  unavailable boolean not null default false
);

insert into provider.behavior default values;

-- Down Migration

drop table provider.behavior, provider.refunds, provider.charges;
