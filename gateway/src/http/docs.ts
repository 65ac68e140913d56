// The reference for people: the OpenAPI document in a viewer that comes from this server and talks to nobody else. It
// only shows; requests have to be signed, and a page is no place for a secret.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { EXPORT_XML_SCHEMA } from '../domain/accounting-export-schema.ts';

// Addresses are relative, so that the page works behind a proxy that puts a path before it.
const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>mpac-pgw API reference</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="docs/swagger-ui.css">
<link rel="stylesheet" href="docs/page.css">
</head>
<body>
<noscript>This page needs JavaScript. The document that it shows is <a href="openapi.json">openapi.json</a>.</noscript>
<main id="reference"></main>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/page.js"></script>
</body>
</html>
`;

const SCRIPT = `const dark = matchMedia('(prefers-color-scheme: dark)');
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', follow);
follow();
SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  defaultModelExpandDepth: 2,
  supportedSubmitMethods: [],
  validatorUrl: null,
});
`;

const STYLE = `html { box-sizing: border-box; overflow-y: scroll; }
body { margin: 0; background: #fff; }
html.dark-mode body { background: #1c2022; }
noscript { display: block; padding: 2rem; font-family: sans-serif; }
.swagger-ui .info { margin: 2rem 0 1rem; }
/* There is nothing to log in to here, and no operation links to another. */
.swagger-ui .scheme-container, .swagger-ui .authorization__btn, .swagger-ui .response-col_links { display: none; }
@media (max-width: 640px) {
  .swagger-ui .wrapper { padding: 0 .75rem; }
  .swagger-ui .opblock .opblock-summary-path { max-width: 100%; flex-basis: 100%; word-break: break-word; }
  .swagger-ui .opblock .opblock-summary { flex-wrap: wrap; }
  .swagger-ui table.parameters, .swagger-ui table.parameters tbody, .swagger-ui table.parameters tr,
  .swagger-ui table.parameters td { display: block; width: 100%; }
  .swagger-ui table.parameters thead { display: none; }
}
`;

/** Everything from here and nothing from elsewhere; the viewer sets styles on what it draws, and its icons are data. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const packages = createRequire(import.meta.url);
const fromViewer = (name: string) => () => readFile(packages.resolve(`swagger-ui-dist/${name}`), 'utf8');

const FILES: Record<string, { type: string; read: () => Promise<string> }> = {
  '/docs': { type: 'text/html', read: async () => PAGE },
  '/docs/page.js': { type: 'text/javascript', read: async () => SCRIPT },
  '/docs/page.css': { type: 'text/css', read: async () => STYLE },
  '/docs/accounting-export.xsd': { type: 'application/xml', read: async () => EXPORT_XML_SCHEMA },
  '/docs/swagger-ui.css': { type: 'text/css', read: fromViewer('swagger-ui.css') },
  '/docs/swagger-ui-bundle.js': { type: 'text/javascript', read: fromViewer('swagger-ui-bundle.js') },
};

interface Loaded {
  plain: Buffer;
  compressed: Buffer;
}

export function docsRoutes(app: FastifyInstance): void {
  for (const [url, { type, read }] of Object.entries(FILES)) {
    // Read when somebody first wants it: most processes are never asked.
    let loading: Promise<Loaded> | undefined;
    app.get(url, { schema: { hide: true } }, async (request, reply) => {
      loading ??= load(read);
      return send(request, reply, type, await loading);
    });
  }
}

async function load(read: () => Promise<string>): Promise<Loaded> {
  const plain = Buffer.from(await read());
  return { plain, compressed: await promisify(gzip)(plain) };
}

function send(request: FastifyRequest, reply: FastifyReply, type: string, file: Loaded): FastifyReply {
  const is_compressed = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
  reply.headers({
    'content-type': `${type}; charset=utf-8`,
    'content-security-policy': POLICY,
    'cache-control': 'public, max-age=3600',
    vary: 'Accept-Encoding',
  });
  if (is_compressed) reply.header('content-encoding', 'gzip');
  return reply.send(is_compressed ? file.compressed : file.plain);
}
