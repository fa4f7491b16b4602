-- Up Migration

-- What an order that is driven by events still waits to hear; null: somebody drives it by calls.
alter table orders.orders add column awaiting text[]
  check (awaiting <@ array['outcome', 'sale', 'cart', 'return', 'refund']);

-- Down Migration
alter table orders.orders drop column awaiting;
