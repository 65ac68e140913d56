// The code in README.md compiles, every block of it, and the first one takes a payment when it is run.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { PaymentGateway } from '../src/mpac-pgw.ts';
import { answerJson, INTENT, KEY, startServer } from './loopback-server.ts';
import { compile } from './typescript.ts';

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const BLOCKS = [...README.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, text = '']) => text);

/** Later blocks use the client that the first one made. */
const CLIENT = `import type { PaymentGateway as Client } from '@cloudsky/mpac-pgw-sdk-node';\ndeclare const pgw: Client;\n`;

function modulesOf(blocks: string[]): Record<string, string> {
  const entries = blocks.map((text, at) => [`block-${at}`, `${at === 0 ? '' : CLIENT}${text}\nexport {};\n`]);
  return Object.fromEntries(entries);
}

test('every block of the page compiles, and the first takes a payment', async (t) => {
  assert.ok(BLOCKS.length >= 9);
  const { folder, complaints } = compile('readme', modulesOf(BLOCKS));
  assert.deepEqual([...complaints.values()].flat(), []);

  const paid = { ...INTENT, status: 'succeeded', amount_received: 1500 };
  const answers = [
    answerJson(201, INTENT),
    answerJson(200, { ...INTENT, status: 'requires_action', qr_content: 'https://qr.example.com/1' }),
    answerJson(200, paid),
  ];
  const server = await startServer(t, (place) => answers[place] ?? answerJson(500, {}));
  const env = { ...process.env, PGW_URL: server.url, PGW_API_KEY: KEY.apiKey, PGW_SECRET_KEY: KEY.secretKey };
  const child = spawn(process.execPath, [join(folder, 'block-0.js')], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.on('data', (chunk) => {
    printed += chunk;
  });
  await once(child, 'close');
  assert.equal(printed, 'Draw this text as a QR code: https://qr.example.com/1\nsucceeded 1500\n');
});

test('the table of the page names every group and method', () => {
  const pgw = new PaymentGateway({ baseUrl: 'https://pay.example.com', ...KEY });
  for (const [group, methods] of Object.entries(pgw).filter(([name]) => name !== 'webhooks')) {
    const row = README.split('\n').find((line) => line.startsWith(`| \`pgw.${group}\``)) ?? '';
    const told = [...(row.split('|')[2]?.matchAll(/`(\w+)`/g) ?? [])].map(([, name]) => name);
    const there = Object.getOwnPropertyNames(Object.getPrototypeOf(methods)).filter(
      (name) => name !== 'constructor',
    );
    assert.deepEqual(told.sort(), there.sort(), group);
  }
});
