-- Up Migration

-- What events have asked of this service for an order: to charge it, once the order is placed and its stock is held,
-- and to pay it back. The two may be heard in either order. A row stays: what is over must not begin anew.
create table payment.requests (
  order_id      uuid primary key,
  amount        bigint check (amount >= 0),
  currency      text check (currency = 'USD'),
  -- Stands for the card while the charge is undecided, and is not kept any longer.
  token         text,
  stock_held    boolean not null default false,
  -- `dropped`: the order was rejected before anything was charged.
  charge        text not null default 'open' check (charge in ('open', 'captured', 'declined', 'voided', 'dropped')),
  refund        text not null default 'none' check (refund in ('none', 'asked', 'done')),
  -- When somebody should work on it; null: there is nothing to do now.
  due_at        timestamptz,
  attempts      integer not null default 0,
  failing_since timestamptz,
  check (token is null or (charge = 'open' and amount is not null)),
  check ((amount is null) = (currency is null))
);
create index requests_due on payment.requests (due_at) where due_at is not null;

-- Wakes the workers as soon as something is to be done.
create function payment.tell_due() returns trigger language plpgsql as $$
begin
  perform pg_notify('payment_requests', '');
  return null;
end $$;
create trigger tell_due after insert or update of due_at on payment.requests
  for each row when (new.due_at <= now()) execute function payment.tell_due();

-- Down Migration
drop table payment.requests;
drop function payment.tell_due();
