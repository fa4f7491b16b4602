-- Up Migration

-- One charge per order. A row is `open` from before the provider is asked until its answer is certain.
create table payment.charges (
  order_id uuid primary key,
  amount bigint not null check (amount >= 0),
  currency text not null check (currency = 'USD'),
  state text not null default 'open' check (state in ('open', 'captured', 'declined', 'voided')),
  opened_at timestamptz not null default now(),
  settled_at timestamptz,
  refunded_at timestamptz,
  constraint settled_with_a_time check ((state = 'open') = (settled_at is null)),
  constraint refunded_only_when_captured check (refunded_at is null or state = 'captured')
);

-- Down Migration

drop table payment.charges;
