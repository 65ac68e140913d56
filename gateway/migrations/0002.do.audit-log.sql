-- Who changed what, and why: every action of an operator, of the command line and of a key that changes settings
-- or decides about money by hand. Rows are added and never touched again, whoever asks.

create table audit_log (
  id text primary key,
  organization_id text not null,
  -- Null for what concerns both modes, such as the organization itself.
  livemode boolean,
  merchant_id text,
  actor_type text not null check (actor_type in ('api_key', 'command_line', 'system')),
  -- The key's id, or the account of the operating system that ran the command.
  actor_id text not null,
  -- A person's name where the actor says in whose name it acts.
  on_behalf_of text,
  action text not null,
  object_id text not null,
  reason text,
  -- What changed, without secrets.
  details json,
  request_id text,
  created_at timestamptz(3) not null
);

create index audit_log_by_organization on audit_log (organization_id, id collate "C");
create index audit_log_by_object on audit_log (object_id, id collate "C");

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% only grows: its rows are neither changed nor deleted', tg_table_name;
end
$$;

create trigger audit_log_only_grows before update or delete or truncate on audit_log
  for each statement execute function refuse_change();
