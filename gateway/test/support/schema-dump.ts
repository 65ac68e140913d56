// A database's schema as text, read from the catalogs: what the migrations came to, for a person to review and
// for a test to hold. SQL-like rather than SQL; the same on every PostgreSQL that the gateway supports.
import pg from 'pg';

const COLUMNS = `
  select c.relname as table_name, a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
         l.collname as collation, a.attnotnull as not_null, pg_get_expr(d.adbin, d.adrelid) as default_value, a.attidentity as identity
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  left join pg_collation l on l.oid = a.attcollation and l.collname <> 'default'
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where c.relkind in ('r', 'p') and not c.relispartition
  order by c.relname collate "C", a.attnum`;

const DOMAINS = `
  select t.typname as name, format_type(t.typbasetype, t.typtypmod) as type, t.typnotnull as not_null,
         t.typdefault as default_value,
         array(select pg_get_constraintdef(k.oid) from pg_constraint k
               where k.contypid = t.oid and k.contype = 'c' order by k.conname collate "C") as checks
  from pg_type t join pg_namespace n on n.oid = t.typnamespace
  where n.nspname = 'public' and t.typtype = 'd'
  order by t.typname collate "C"`;

// From PostgreSQL 18 on, "not null" is a constraint with a name as well; it is told with its column already.
const CONSTRAINTS = `
  select c.relname as table_name, k.conname as name, pg_get_constraintdef(k.oid) as definition
  from pg_constraint k
  join pg_class c on c.oid = k.conrelid
  join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
  where k.contype in ('p', 'u', 'c', 'f', 'x') and not c.relispartition
  order by c.relname collate "C", array_position('{p,u,f,c,x}'::"char"[], k.contype), k.conname collate "C"`;

/** Those that a constraint made are told with it. */
const INDEXES = `
  select t.relname as table_name, pg_get_indexdef(i.indexrelid) as definition
  from pg_index i
  join pg_class t on t.oid = i.indrelid
  join pg_class c on c.oid = i.indexrelid
  join pg_namespace n on n.oid = t.relnamespace and n.nspname = 'public'
  where not t.relispartition
    and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
  order by t.relname collate "C", c.relname collate "C"`;

const OPTIONS = `
  select c.relname as table_name, array_to_string(c.reloptions, ', ') as options
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
  where c.relkind in ('r', 'p') and not c.relispartition and c.reloptions is not null`;

/** How a table is cut. The pieces are not told: they come and go with the months. */
const CUTS = `
  select c.relname as table_name, pg_get_partkeydef(c.oid) as cut
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
  where c.relkind = 'p' and not c.relispartition`;

/** Those of a piece are its table's. */
const TRIGGERS = `
  select c.relname as table_name, pg_get_triggerdef(g.oid, true) as definition
  from pg_trigger g join pg_class c on c.oid = g.tgrelid
  where not g.tgisinternal and not c.relispartition
  order by c.relname collate "C", g.tgname collate "C"`;

const FUNCTIONS = `
  select format('create function %s(%s) returns %s language %s as $$%s$$', p.proname,
                pg_get_function_identity_arguments(p.oid), pg_get_function_result(p.oid), l.lanname, p.prosrc)
         as definition
  from pg_proc p
  join pg_namespace n on n.oid = p.pronamespace and n.nspname = 'public'
  join pg_language l on l.oid = p.prolang
  order by p.proname collate "C", pg_get_function_identity_arguments(p.oid) collate "C"`;

/** Whatever the lines above do not show; a migration that makes one has to teach this file to show it. */
const OTHERS = `
  select case c.relkind when 'S' then 'sequence ' when 'v' then 'view ' else 'relation ' end || c.relname
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = 'public' and c.relkind not in ('r', 'p', 'i', 'I', 't')
    and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'i')
  union all
  select 'type ' || t.typname from pg_type t join pg_namespace n on n.oid = t.typnamespace
  where n.nspname = 'public' and t.typtype in ('e', 'r')
  order by 1`;

interface Column {
  table_name: string;
  name: string;
  type: string;
  collation: string | null;
  not_null: boolean;
  default_value: string | null;
  identity: string;
}

interface Domain {
  name: string;
  type: string;
  not_null: boolean;
  default_value: string | null;
  checks: string[];
}

interface Definition {
  table_name: string;
  name: string;
  definition: string;
}

export async function dumpSchema(database_url: string): Promise<string> {
  const client = new pg.Client({ connectionString: database_url });
  await client.connect();
  try {
    // Names are then written in full wherever they could be meant otherwise, on every version alike.
    await client.query("set search_path = 'public'");
    const domains = (await client.query<Domain>(DOMAINS)).rows;
    const columns = (await client.query<Column>(COLUMNS)).rows;
    const constraints = (await client.query<Definition>(CONSTRAINTS)).rows;
    const indexes = (await client.query<Definition>(INDEXES)).rows;
    const options = (await client.query<{ table_name: string; options: string }>(OPTIONS)).rows;
    const cuts = (await client.query<{ table_name: string; cut: string }>(CUTS)).rows;
    const triggers = (await client.query<{ table_name: string; definition: string }>(TRIGGERS)).rows;
    const functions = (await client.query<{ definition: string }>(FUNCTIONS)).rows;
    const others = (await client.query<{ what: string }>(OTHERS)).rows;
    const tables = [...new Set(columns.map((column) => column.table_name))];
    const texts = tables.map((table) => {
      const of = <T extends { table_name: string }>(rows: T[]) =>
        rows.filter((row) => row.table_name === table);
      const lines = [...of(columns).map(columnLine), ...of(constraints).map(constraintLine)];
      const [with_options] = of(options);
      const cut = of(cuts).map((one) => ` partition by ${one.cut}`);
      const end = [
        ')',
        ...cut,
        ...(with_options === undefined ? [] : [` with (${with_options.options})`]),
      ].join('');
      const own_indexes = of(indexes).map(
        ({ definition }) => `${definition.replace(/ ON (ONLY )?public\./, ' ON ')};\n`,
      );
      const own_triggers = of(triggers).map(({ definition }) => `${definition};\n`);
      return `create table ${table} (\n${lines.join(',\n')}\n${end};\n${own_indexes.join('')}${own_triggers.join('')}`;
    });
    const rest = others.map(({ what }) => `-- also: ${what}\n`).join('');
    const bodies = functions.map(({ definition }) => `${definition};\n`);
    const parts = [domains.map(domainText).join(''), ...bodies, ...texts, rest];
    return `${HEAD}\n${parts.filter((part) => part !== '').join('\n')}`;
  } finally {
    await client.end();
  }
}

const HEAD = `-- What all migrations together come to. Written by "npm run golden" and held by a test; to change the
-- schema, add a migration.
`;

function domainText({ name, type, not_null, default_value, checks }: Domain): string {
  const parts = [name, 'as', type];
  if (not_null) parts.push('not null');
  if (default_value !== null) parts.push(`default ${default_value}`);
  return `create domain ${[...parts, ...checks].join(' ')};\n`;
}

function columnLine(column: Column): string {
  const parts = [column.name, column.type];
  if (column.collation !== null) parts.push(`collate "${column.collation}"`);
  if (column.identity !== '') parts.push('generated as identity');
  if (column.not_null) parts.push('not null');
  if (column.default_value !== null) parts.push(`default ${column.default_value}`);
  return `  ${parts.join(' ')}`;
}

function constraintLine({ name, definition }: Definition): string {
  return `  constraint ${name} ${definition.replace('REFERENCES public.', 'REFERENCES ')}`;
}
