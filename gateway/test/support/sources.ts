// Reads the gateway's own source files for the tests that hold the house to its rules, and blanks comments and
// strings out of them, so that a word in a sentence is never mistaken for code. Positions and lines stay.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** From gateway/dist/test/support, where this file runs, to the project's root. */
export const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

export interface Source {
  /** Relative to the folder that was read, with slashes. */
  path: string;
  text: string;
}

/** All TypeScript files below a folder of the project, in order. */
export function readSources(folder: string): Source[] {
  const paths = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' });
  return paths
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts') && !/(^|\/)(dist|node_modules)\//.test(path))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(ROOT, folder, path), 'utf8') }));
}

export function lineAt(text: string, position: number): number {
  return text.slice(0, position).split('\n').length;
}

/** The text without comments; with `strings`, also without what stands in strings and regular expressions. */
export function blank(text: string, options: { strings: boolean }): string {
  const out = text.split('');
  const wipe = (from: number, to: number) => {
    for (let at = from; at < to; at += 1) if (out[at] !== '\n') out[at] = ' ';
  };
  /** For each open `${`: how many plain braces are open inside it. */
  const templates: number[] = [];
  let before = '';
  let at = 0;
  while (at < text.length) {
    const rest = text.slice(at, at + 2);
    const sign = text[at] ?? '';
    let end = at + 1;
    if (rest === '//' || rest === '/*') {
      const close = rest === '//' ? text.indexOf('\n', at) : text.indexOf('*/', at) + 2;
      end = close < 2 ? text.length : close;
      wipe(at, end);
    } else if (sign === "'" || sign === '"') {
      end = endOfString(text, at + 1, sign);
      if (options.strings) wipe(at + 1, end - 1);
    } else if (sign === '`' || (sign === '}' && templates.at(-1) === 0)) {
      if (sign === '}') templates.pop();
      end = endOfTemplatePart(text, at + 1);
      if (text[end - 1] === '{') templates.push(0);
      if (options.strings) wipe(at + 1, end - 1);
    } else if (sign === '/' && /[(,=:[!&|?{};]|^$/.test(before)) {
      end = endOfRegularExpression(text, at + 1);
      if (options.strings) wipe(at + 1, end - 1);
    } else if (templates.length > 0 && (sign === '{' || sign === '}')) {
      templates.push((templates.pop() ?? 0) + (sign === '{' ? 1 : -1));
    }
    if (/\S/.test(sign) && rest !== '//' && rest !== '/*') before = sign;
    at = end;
  }
  return out.join('');
}

function endOfString(text: string, from: number, quote: string): number {
  let at = from;
  while (at < text.length && text[at] !== quote) at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

/** To the closing backtick, or to the brace that opens an expression. */
function endOfTemplatePart(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== '`') {
    if (text.startsWith('${', at)) return at + 2;
    at += text[at] === '\\' ? 2 : 1;
  }
  return at + 1;
}

function endOfRegularExpression(text: string, from: number): number {
  let in_class = false;
  let at = from;
  while (at < text.length && text[at] !== '\n' && (in_class || text[at] !== '/')) {
    if (text[at] === '[') in_class = true;
    if (text[at] === ']') in_class = false;
    at += text[at] === '\\' ? 2 : 1;
  }
  return at + 1;
}

export interface Import {
  line: number;
  target: string;
  /** Nothing of it is left when the program runs. */
  is_type: boolean;
}

/** What a file imports, also by `export … from` and `import(…)`. */
export function listImports(text: string): Import[] {
  const code = blank(text, { strings: false });
  const pattern =
    /^[ \t]*(?:import|export)\s+(type\s)?(?:[^;'"]*?\sfrom\s+)?(['"])([^'"\n]+)\2|\bimport\(\s*(['"])([^'"\n]+)\4\s*\)/gm;
  return [...code.matchAll(pattern)].map((match) => ({
    line: lineAt(text, match.index + match[0].search(/\S/)),
    target: match[3] ?? match[5] ?? '',
    is_type: match[1] !== undefined || isTypeQuery(code, match),
  }));
}

/** `import('x').Y` in a type; a dynamic import of a value is awaited. */
function isTypeQuery(code: string, match: RegExpMatchArray): boolean {
  return match[5] !== undefined && !/await\s*$/.test(code.slice(0, match.index));
}
