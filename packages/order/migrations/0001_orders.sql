-- Up Migration
create schema if not exists orders;

-- One row per shopper who ever checked out. `turn` counts the checkouts begun; `open_order` is the one whose lines
-- are not out of the cart yet. Both together let one checkout of a shopper begin at a time.
create table orders.shoppers (
  shopper_id uuid primary key,
  turn       bigint not null check (turn > 0),
  open_order uuid
);

create table orders.orders (
  id               uuid primary key,
  shopper_id       uuid not null,
  status           text not null check (status in ('pending', 'paid', 'rejected', 'canceled')),
  reason           text check (reason in ('out_of_stock', 'payment_declined', 'payment_unavailable')),
  lines            jsonb not null check (jsonb_array_length(lines) > 0),
  total_amount     bigint not null check (total_amount >= 0),
  currency         text not null check (currency = 'USD'),
  shipping_address jsonb not null,
  -- Stands for the card while the charge is undecided, and is not kept any longer.
  payment_token    text,
  -- When somebody should look after the order's next step; null when nothing is left to do.
  due_at           timestamptz,
  attempts         integer not null default 0,
  failing_since    timestamptz,
  created_at       timestamptz not null,
  updated_at       timestamptz not null,
  check ((status = 'rejected') = (reason is not null)),
  check (status <> 'pending' or (payment_token is not null and due_at is not null)),
  check (status = 'pending' or payment_token is null)
);
create index orders_by_shopper on orders.orders (shopper_id, id desc);
create index orders_due on orders.orders (due_at) where due_at is not null;

create table orders.idempotency_keys (
  shopper_id  uuid not null,
  key         text not null,
  body_digest text not null,
  order_id    uuid not null references orders.orders (id),
  created_at  timestamptz not null,
  primary key (shopper_id, key)
);
create index idempotency_keys_by_age on orders.idempotency_keys (created_at);

-- Down Migration
drop table orders.idempotency_keys;
drop table orders.orders;
drop table orders.shoppers;
