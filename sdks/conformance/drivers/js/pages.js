// Serves one page that loads the SDK as a page of today does: by the package's name, which an import map leads to the
// file that its `exports` name.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join, normalize, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const SDK = '@cloudsky/mpac-pgw-sdk-js';

/** @param project where the package is installed, and the drivers are. */
export async function startPages(project) {
  const sdk = fileURLToPath(import.meta.resolve(SDK));
  const { dependencies = {} } = JSON.parse(
    await readFile(join(project, 'node_modules', SDK, 'package.json')),
  );
  const files = [
    [SDK, sdk],
    ...Object.keys(dependencies).map((name) => [
      name,
      fileURLToPath(import.meta.resolve(name, pathToFileURL(sdk))),
    ]),
  ];
  const imports = Object.fromEntries(files.map(([name, file]) => [name, `/${relative(project, file)}`]));
  const page = `<!doctype html><title>conformance</title>
<script type="importmap">${JSON.stringify({ imports })}</script>
<script type="module" src="/drivers/js/in-page.js"></script>`;

  const server = createServer((request, response) => {
    if (request.url === '/') {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(page);
      return;
    }
    // Nothing outside of the project, whatever the path says.
    readFile(join(project, normalize(request.url))).then(
      (bytes) => {
        response.setHeader('content-type', 'text/javascript');
        response.end(bytes);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
