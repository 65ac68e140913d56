-- Books what had moved before there were books. By itself, because it takes as long as there are payments: the tables that
-- were altered before are free again, and the release before goes on taking payments meanwhile.
do $$
declare
  walked_to text := '';
  ids text[];
begin
  loop
    select array_agg(p.id order by p.id) into ids
    from (select i.id from payment_intents i where i.id > walked_to order by i.id limit 10000) p;
    exit when ids is null;
    walked_to := ids[cardinality(ids)];
    perform book_missing_movements(ids);
  end loop;
end
$$;
