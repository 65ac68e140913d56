// The shop's web server of these tests: serves the built SDK, as modules and as one script, on a page whose content
// security policy is as strict as a bank would have it.
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Scope } from './gateway-process.ts';

/** From dist/test, where this file runs, to the package. */
const PACKAGE = fileURLToPath(new URL('../../', import.meta.url));

const TYPES: Record<string, string> = { js: 'text/javascript', mjs: 'text/javascript', css: 'text/css' };

export interface PageServer {
  /** `http://127.0.0.1:<port>`; the same server is another origin as `http://localhost:<port>`. */
  origin: string;
}

/**
 * `/` has the SDK as `window.sdk` and its testing entry as `window.testing`, loaded as modules; `/script-tag` has
 * `window.MPACGateway` from the global build; `/parts` has what is under the class, as `window.parts`.
 * `allowed` are the origins that the policy lets the page talk to.
 */
export async function startPageServer(scope: Scope, allowed: string[]): Promise<PageServer> {
  const modules = await findDependencies();
  const importmap = JSON.stringify({
    imports: Object.fromEntries(modules.map(({ name, path }) => [name, path])),
  });

  const server = createServer((incoming, outgoing) => {
    const path = (incoming.url ?? '/').split('?')[0] ?? '/';
    const nonce = randomBytes(12).toString('hex');
    const page = PAGES[path];
    if (page !== undefined) {
      outgoing.setHeader('content-type', 'text/html; charset=utf-8');
      outgoing.setHeader('content-security-policy', writePolicy(nonce));
      outgoing.end(page(nonce, importmap));
      return;
    }
    readFile(findFile(path)).then(
      (bytes) => {
        outgoing.setHeader('content-type', TYPES[path.split('.').at(-1) ?? ''] ?? 'application/octet-stream');
        outgoing.end(bytes);
      },
      () => outgoing.writeHead(404).end(),
    );
  });

  const writePolicy = (nonce: string) =>
    [
      "default-src 'none'",
      `script-src 'self' 'nonce-${nonce}'`,
      `connect-src 'self' ${allowed.join(' ')}`,
      `img-src 'self' data: ${allowed.join(' ')}`,
      "base-uri 'none'",
      "require-trusted-types-for 'script'",
    ].join('; ');

  /** Files of the package's dist and of its dependencies, and nothing else of this machine. */
  function findFile(path: string): string {
    const clean = normalize(path);
    const module = modules.find(({ root }) => clean.startsWith(root));
    if (module !== undefined) return join(module.folder, clean.slice(module.root.length));
    return join(PACKAGE, 'dist', clean);
  }

  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  scope.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const HEAD = '<!doctype html><html lang="en"><meta charset="utf-8"><title>till</title>';

const PAGES: Record<string, (nonce: string, importmap: string) => string> = {
  '/': (nonce, importmap) => `${HEAD}
<script type="importmap" nonce="${nonce}">${importmap}</script>
<script type="module" nonce="${nonce}">
import * as sdk from '/src/mpac-gateway.js';
import * as testing from '/src/testing.js';
window.testing = testing;
window.sdk = sdk;
</script>`,
  '/parts': (nonce, importmap) => `${HEAD}
<script type="importmap" nonce="${nonce}">${importmap}</script>
<script type="module" nonce="${nonce}">
import * as bridge from '/src/native-bridge.js';
import * as clock from '/src/server-clock.js';
import * as platform from '/src/platform.js';
import * as queue from '/src/offline-queue.js';
import * as requests from '/src/requests.js';
import * as testing from '/src/testing.js';
window.testing = testing;
window.parts = { ...bridge, ...clock, ...platform, ...queue, ...requests };
</script>`,
  '/script-tag': () => `${HEAD}
<script src="/mpac-gateway.global.js"></script>`,
};

/** Where a page finds the packages that the SDK imports by name. */
async function findDependencies() {
  const text = await readFile(join(PACKAGE, 'package.json'), 'utf8');
  const { dependencies = {} } = JSON.parse(text) as { dependencies?: Record<string, string> };
  return Object.keys(dependencies).map((name) => {
    const file = fileURLToPath(import.meta.resolve(name, pathToFileURL(PACKAGE)));
    const folder = dirname(file);
    const root = `/vendor/${name}/`;
    return { name, root, folder, path: root + file.slice(folder.length + 1) };
  });
}
