-- Up Migration

-- Tells whoever listens that an order has another status, or that nothing (or something again) is left to do for it:
-- '<id> <status> <t or f: finished>'. Nobody can wait for an order that is not there yet, so inserts say nothing.
create function orders.tell_news() returns trigger language plpgsql as $$
begin
  perform pg_notify('orders', concat_ws(' ', new.id, new.status, case when new.due_at is null then 't' else 'f' end));
  return null;
end
$$;
create trigger tell_news after update of status, due_at on orders.orders for each row
  when (old.status <> new.status or (old.due_at is null) <> (new.due_at is null))
  execute function orders.tell_news();

-- Down Migration
drop trigger tell_news on orders.orders;
drop function orders.tell_news();
