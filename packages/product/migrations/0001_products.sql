-- Up Migration
create schema if not exists product;

-- Units of each SKU. Narrow and apart from the catalog, since every order changes it: no index covers what changes, so
-- an update touches one page (HOT). A row stays when its product goes, for the orders that still hold units of it.
create table product.stock (
  sku      text collate "C" primary key,
  -- In the catalog: units of a product that is gone cannot be promised any more.
  listed   boolean not null default true,
  received bigint not null default 0 check (received >= 0),
  on_hand  bigint not null default 0 check (on_hand >= 0),
  reserved bigint not null default 0 check (reserved >= 0),
  sold     bigint not null default 0 check (sold >= 0),
  returned bigint not null default 0 check (returned between 0 and sold),
  check (received = on_hand + reserved + sold - returned)
) with (fillfactor = 80);

create table product.products (
  sku          text collate "C" primary key references product.stock (sku),
  -- Order of making, for `newest`.
  seq          bigint not null generated always as identity,
  name         text not null check (name <> ''),
  -- The name in lower case, by code point: what `name` sorts by. Made by the application, whatever the server's locale.
  name_key     text collate "C" not null,
  description  text not null,
  category     text collate "C" not null check (category ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  price_amount bigint not null check (price_amount between 0 and 100000000),
  currency     text not null check (currency = 'USD'),
  -- Null: a drawn picture.
  image        text,
  attributes   jsonb not null check (jsonb_typeof(attributes) = 'object'),
  -- Joined words count as words of their own; PostgreSQL would take `Black/White` for one file name.
  search       tsvector not null generated always as (
    setweight(to_tsvector('english', translate(name_key, '/-_.@:', '      ')), 'A') ||
    setweight(to_tsvector('english', translate(category, '-', ' ')), 'B') ||
    setweight(jsonb_to_tsvector('english', attributes, '["string"]'), 'B') ||
    setweight(to_tsvector('english', translate(description, '/-_.@:', '      ')), 'C')) stored
);

-- One index per order of the listing, alone and within a category. All keys ascend, so that "what comes after this
-- row" is one row comparison and a page deep in the list costs as much as the first.
create index products_by_price on product.products (price_amount, sku);
create index products_by_price_down on product.products ((-price_amount), sku);
create index products_by_name on product.products (name_key, sku);
create index products_by_age on product.products ((-seq), sku);
create index products_of_category_by_price on product.products (category, price_amount, sku);
create index products_of_category_by_price_down on product.products (category, (-price_amount), sku);
create index products_of_category_by_name on product.products (category, name_key, sku);
create index products_of_category_by_age on product.products (category, (-seq), sku);
-- Products change seldom and are searched often: no list of pending entries for every search to walk through.
create index products_by_word on product.products using gin (search) with (fastupdate = off);

-- One row per order that ever asked for units, or gave up before it could: what was decided stays decided.
create table product.reservations (
  order_id   uuid primary key,
  state      text not null check (state in ('reserved', 'committed', 'released', 'returned', 'refused')),
  skus       text[] not null,
  quantities bigint[] not null,
  -- The SKUs that fell short, if refused.
  short      text[] not null,
  created_at timestamptz not null default now(),
  check (cardinality(skus) = cardinality(quantities)),
  check (state = 'refused' or cardinality(short) = 0)
) with (fillfactor = 80);

-- Idempotency keys of the admin's stock changes, with the request that each stands for.
create table product.stock_changes (
  key   text collate "C" primary key,
  sku   text collate "C" not null,
  delta bigint not null,
  at    timestamptz not null default now()
);
create index stock_changes_by_age on product.stock_changes (at);

-- How many of the sample products have been added: what the admin deleted does not come back.
create table product.seeding (
  one    boolean primary key default true check (one),
  seeded integer not null check (seeded >= 0)
);
insert into product.seeding (seeded) values (0);

-- Down Migration
drop table product.seeding;
drop table product.stock_changes;
drop table product.reservations;
drop table product.products;
drop table product.stock;
