// What is shipped: how large it is, what it never contains, and that the one file for a script tag works on a page with a
// strict policy. It also prints the sizes, so that a change that costs something shows.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build, type OutputFile } from 'esbuild';
import { type BrowserStand, NO_CHROMIUM, startBrowserStand } from './browser-stand.ts';

const PACKAGE = fileURLToPath(new URL('../../', import.meta.url));
const GLOBAL = join(PACKAGE, 'dist/mpac-gateway.global.js');

/** kB after gzip -9. What a page loads at first, and what comes when a code is drawn or a till is opened. */
const MOST_KB = { core: 11, codes: 7, till: 7, script_tag: 24 };
/** What all of it may be that a page loads before it draws a code. */
const MOST_BEFORE_DRAWING = 12_000;

const kilobytes = (bytes: Uint8Array) => Math.round((gzipSync(bytes, { level: 9 }).length / 1_000) * 10) / 10;

/** As a bundler of today makes it of an import of the package: the entry with what it needs, and two late parts. */
async function bundle(): Promise<OutputFile[]> {
  const { outputFiles } = await build({
    entryPoints: [join(PACKAGE, 'dist/src/mpac-gateway.js')],
    outdir: 'out',
    bundle: true,
    minify: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    logLevel: 'error',
  });
  return outputFiles;
}

const PAGE = `<!doctype html><title>shop</title>
<script type="module">import * as sdk from '/mpac-gateway.js'; window.sdk = sdk;</script>`;

const name = ({ path }: OutputFile) => path.split('/').at(-1) ?? '';

async function measure(): Promise<{ core: Uint8Array; codes: Uint8Array; till: Uint8Array }> {
  const outputFiles = await bundle();
  const join_all = (files: OutputFile[]) => Buffer.concat(files.map(({ contents }) => contents));
  const is_late = (file: OutputFile) => /^(till|qr-view)-/.test(name(file));
  return {
    core: join_all(outputFiles.filter((file) => !is_late(file))),
    codes: join_all(outputFiles.filter((file) => name(file).startsWith('qr-view-'))),
    till: join_all(outputFiles.filter((file) => name(file).startsWith('till-'))),
  };
}

test('the core is small, and so is what comes later', async (t) => {
  const parts = { ...(await measure()), script_tag: await readFile(GLOBAL) };
  for (const [name, most] of Object.entries(MOST_KB)) {
    const size = kilobytes(parts[name as keyof typeof parts]);
    t.diagnostic(`${name}: ${size} kB of ${most}`);
    assert.ok(size > 0 && size <= most, `${name} has ${size} kB; ${most} are allowed`);
  }
});

test('over the wire a page loads less than 12 kB until it draws, and the rest when it does', {
  skip: NO_CHROMIUM,
}, async (t) => {
  const stand: BrowserStand = await startBrowserStand(t);
  const files = new Map(
    (await bundle()).map((file) => [`/${name(file)}`, gzipSync(file.contents, { level: 9 })]),
  );
  const server = createServer(({ url = '/' }, answer) => {
    const file = files.get(url);
    answer.setHeader('content-type', file === undefined ? 'text/html' : 'text/javascript');
    if (file !== undefined) answer.setHeader('content-encoding', 'gzip');
    answer.end(file ?? PAGE);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => void server.closeAllConnections());
  t.after(() => void server.close());
  const page = await (await stand.openContext(t)).newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await page.waitForFunction(() => 'sdk' in window);
  const { payment_token } = await stand.gateway.createIntent();
  const loaded = () =>
    page.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .filter((entry) => entry.name.endsWith('.js'))
        .reduce((sum, entry) => sum + (entry as PerformanceResourceTiming).encodedBodySize, 0),
    );
  await page.evaluate(
    async ({ baseUrl, publicKey, token }) => {
      window.mps = new window.sdk.MPACGateway({ publicKey, environment: 'sandbox', baseUrl });
      await window.mps.retrievePaymentIntent(token);
      await window.mps.confirmQRPayment('PAYPAY');
    },
    { baseUrl: stand.gateway.base_url, publicKey: stand.gateway.publishable_key, token: payment_token },
  );
  const before = await loaded();
  await page.evaluate(
    () => void window.mps.renderQR(document.body.appendChild(document.createElement('main'))),
  );
  await page.locator('main svg').first().waitFor();
  const after_drawing = await loaded();
  t.diagnostic(`${before} bytes before it draws, ${after_drawing} afterwards`);
  assert.ok(before > 5_000);
  assert.ok(before < MOST_BEFORE_DRAWING && before < after_drawing);
});

test('nothing that is shipped evaluates text, prints, or names a place of the machine that built it', async () => {
  const script = await readFile(GLOBAL, 'utf8');
  for (const forbidden of [
    /\beval\b|new Function\b|\bimportScripts\b/,
    /\bconsole\s*\./,
    /document\.write|innerHTML|outerHTML|insertAdjacentHTML/,
    /sourceMappingURL/,
    /sk_(test|live)_\w|whsec_\w/,
    /\/home\/|\/Users\/|node_modules|process\.env/,
  ]) {
    assert.doesNotMatch(script, forbidden);
  }
});

test('the package holds declarations, modules and the one file, and nothing of its tests', async () => {
  const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: PACKAGE,
  });
  const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
  const paths = files.map(({ path }) => path);
  const { exports } = JSON.parse(await readFile(join(PACKAGE, 'package.json'), 'utf8')) as {
    exports: Record<string, string | Record<string, string>>;
  };
  const promised = Object.values(exports).flatMap((value) =>
    typeof value === 'string' ? [value] : Object.values(value),
  );
  assert.ok(promised.length >= 5);
  for (const path of [...promised, './README.md', './LICENSE', './CHANGELOG.md'])
    assert.ok(paths.includes(path.replace('./', '')), `${path} is in the package`);
  assert.deepEqual(
    paths.filter((path) => /test\/|\.test\.|\.ts$(?<!\.d\.ts)|tsbuildinfo/.test(path)),
    [],
  );
});

test('the one file works from a script tag, and keeps to the policy of its page', {
  skip: NO_CHROMIUM,
}, async (t) => {
  const stand: BrowserStand = await startBrowserStand({ after });
  const page = await stand.openPage(t, { path: '/script-tag' });
  const { payment_token } = await stand.gateway.createIntent();
  const code = await page.evaluate(
    async ({ baseUrl, publicKey, token }) => {
      const { MPACGateway } = window as unknown as Pick<Window['sdk'], 'MPACGateway'>;
      const mps = new MPACGateway({ publicKey, environment: 'sandbox', baseUrl, offlineQueue: true });
      await mps.retrievePaymentIntent(token);
      mps.renderQR(document.body.appendChild(document.createElement('main')));
      return (await mps.confirmQRPayment('PAYPAY')).qr_content;
    },
    { baseUrl: stand.line.url, publicKey: stand.gateway.publishable_key, token: payment_token },
  );
  await page.locator('main svg').first().waitFor();
  assert.match(code ?? '', /^https?:\/\//);
  const others = await page.evaluate(() => {
    const { MPACGateway } = window as unknown as { MPACGateway: Window['sdk'] };
    return 'MPACError' in MPACGateway && 'MPACGateway' in MPACGateway;
  });
  assert.deepEqual([others, stand.broken], [true, []]);
});
