// The schema: that the golden file is what the migrations come to, and the rules that every table keeps.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createTestDatabase } from './support/database.ts';
import { dumpSchema } from './support/schema-dump.ts';
import { ROOT } from './support/sources.ts';

const database = await createTestDatabase();
after(() => database.drop());
const schema = await dumpSchema(database.url);

const tables = [...schema.matchAll(/^create table (\w+) \(\n(.*?)\n\)/gms)].map(
  ([, name = '', body = '']) => ({
    name,
    lines: body.split('\n').map((line) => line.trim().replace(/,$/, '')),
  }),
);

/** The line of a domain, if the type is one. */
const domainOf = (type: string) => new RegExp(`^create domain ${type} as .*$`, 'm').exec(schema)?.[0] ?? '';

test('schema.sql is what the migrations come to', () => {
  const golden = readFileSync(join(ROOT, 'gateway/schema.sql'), 'utf8');
  assert.equal(golden, schema, 'gateway/schema.sql is out of date: run "npm run golden" and look at it');
});

test('the schema holds nothing that schema.sql cannot show', () => {
  assert.doesNotMatch(schema, /^-- also: /m, 'teach test/support/schema-dump.ts to show it');
});

test('money is bigint, and an instant has a zone and milliseconds', () => {
  assert.ok(tables.length > 10);
  for (const { name, lines } of tables) {
    for (const line of lines.filter((each) => /^(amount|tax_amount)\w* /.test(each))) {
      const type = line.split(' ')[1] ?? '';
      assert.equal(
        /^create domain (\w+) as (\w+)/m.exec(domainOf(type))?.[2] ?? type,
        'bigint',
        `${name}: ${line}`,
      );
    }
    // An hour of the clock is no instant.
    const instants = lines.filter((each) => /^\w+(_at|_until) (?!time_of_day )/.test(each));
    for (const line of instants.filter(() => name !== 'schema_version')) {
      assert.match(line, /^\w+ timestamp\(3\) with time zone\b/, name);
    }
  }
});

test('every table has a primary key, and carries the organization', () => {
  // These belong to the gateway itself, or come from outside before anybody is known.
  const without_organization = [
    'book_checks',
    'master_keys',
    'organizations',
    'provider_notifications',
    'schema_version',
    'worker_heartbeats',
  ];
  for (const { name, lines } of tables) {
    assert.ok(
      lines.some((line) => /^constraint \w+ PRIMARY KEY/.test(line)),
      `${name} has no primary key`,
    );
    const carries = lines.some((line) => line.startsWith('organization_id text not null'));
    assert.equal(carries, !without_organization.includes(name), name);
  }
});

test('the rules that protect money stand in the table itself', () => {
  const intents = tables.find(({ name }) => name === 'payment_intents')?.lines.join('\n') ?? '';
  for (const rule of [
    /amount_capturable \+ amount_received\) <= \(?amount/,
    /amount_refunded >= 0\) AND \(amount_refunded <= amount_received/,
    /status\)?(::text)? = 'succeeded'::text\) = \(amount_received > 0/,
  ]) {
    assert.match(intents, rule);
  }
  assert.match(
    schema,
    /CREATE UNIQUE INDEX payment_intents_one_per_ref .* WHERE \(\(?status\)?(::text)? <> ALL/,
  );
});
