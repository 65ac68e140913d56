// The front page of the simulator server: says what runs here and links to each simulator's own page. It has
// no script, and its few lines of style are allowed by their hash alone.
import { createHash } from 'node:crypto';

const STYLE = `:root { color-scheme: light dark; }
body { margin: 0; min-height: 100vh; display: grid; place-content: center; gap: 4px; padding: 24px;
  font: 17px/1.5 system-ui, sans-serif; background: light-dark(#f4f3ef, #151517); color: light-dark(#1d1c1a, #f1efea); }
h1 { font-size: 1.5rem; letter-spacing: -.02em; margin: 0; }
p { margin: 0 0 18px; color: light-dark(#6a675f, #a5a29a); }
a { display: block; padding: 16px 20px; border-radius: 14px; font-weight: 600; text-decoration: none;
  background: light-dark(#fff, #1f1f22); color: light-dark(#3d4be0, #98a2ff); }
a:focus-visible { outline: 3px solid; outline-offset: 2px; }`;

export const FRONT_PAGE_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

export function makeFrontPage(simulators: readonly { title: string; mount: string }[]): string {
  const links = simulators.map(({ title, mount }) => `<a href="${mount}">${title} simulator</a>`).join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Payment simulators</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<h1>Payment simulators</h1>
<p>Providers that run on this machine. No real money moves.</p>
${links}
</body>
</html>`;
}
