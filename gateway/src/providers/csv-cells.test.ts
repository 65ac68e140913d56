// Rows and the lines on which they begin.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TextDecoder } from 'node:util';
import { readCells } from './csv-cells.ts';

async function read(text: string | Buffer): Promise<string[]> {
  const rows: string[] = [];
  for await (const { line, cells } of readCells(Buffer.from(text), new TextDecoder('utf-8')))
    rows.push(`${line} ${cells.join('|')}`);
  return rows;
}

test('rows are told with the line on which they begin', async () => {
  assert.deepEqual(await read('a,b\n"1,000","x\ny"\n\nlast,line'), ['1 a|b', '2 1,000|x\ny', '5 last|line']);
});

test('a BOM, CRLF and a missing last line end are read', async () => {
  assert.deepEqual(await read('\ufeffa,b\r\n1,2\r\n3,4'), ['1 a|b', '2 1|2', '3 3|4']);
});

test('a quoted cell that never ends is refused by its line', async () => {
  await assert.rejects(read('a,b\n"1,2\n3,4\n'), /^UnreadableFileError: Line \d is no CSV/);
});

test('a file of many pieces is read as one', async () => {
  const lines = Array.from({ length: 20_000 }, (_, at) => `合計${at},${at}`);
  const rows = await read(lines.join('\n'));
  assert.deepEqual([rows.length, rows[0], rows.at(-1)], [20_000, '1 合計0|0', '20000 合計19999|19999']);
});
