-- Up Migration
create schema if not exists cart;

-- One row holds a whole cart; see src/adapters/postgres-store.ts for why. `skus` and `quantities` belong together by
-- position, in the order first added. `orders`: whose lines were taken out already, the last one first.
create table cart.carts (
  shopper uuid primary key,
  version bigint not null,
  skus text[] not null,
  quantities integer[] not null,
  orders uuid[] not null default '{}',
  constraint version_not_negative check (version >= 0),
  constraint a_quantity_per_sku check (cardinality(skus) = cardinality(quantities) and array_position(skus, null) is null),
  constraint not_too_many_lines check (cardinality(skus) <= 200),
  constraint quantities_in_range check (1 <= all (quantities) and 99 >= all (quantities) and array_position(quantities, null) is null)
);

-- Down Migration
drop table cart.carts;
