// Cuts the bytes of a CSV file into cells, a piece at a time, and knows on which line each row begins, so that whoever
// reads the cells can name the place of a mistake. LF and CRLF are read; what is no CSV is refused.
import { Readable } from 'node:stream';
import type { TextDecoder } from 'node:util';
import { CsvError, type Info, parse } from 'csv-parse';
import { UnreadableFileError } from './reconciliation-contract.ts';

const LONGEST_ROW = 64 * 1_024;
/** Decoded and read a piece at a time, so that other work of the process has its turn. */
const PIECE = 64 * 1_024;

export async function* readCells(
  bytes: Buffer,
  decoder: TextDecoder,
): AsyncGenerator<{ line: number; cells: string[] }> {
  const parser = Readable.from(decode(bytes, decoder)).pipe(
    parse({
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      record_delimiter: ['\r\n', '\n'],
      max_record_size: LONGEST_ROW,
    }),
  );
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>) {
      // A cell can hold line ends; the row is where it begins.
      const line = info.lines - record.reduce((ends, cell) => ends + cell.split('\n').length - 1, 0);
      yield { line, cells: record };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // Its message quotes the file.
    const { lines } = error as unknown as { lines?: number };
    throw new UnreadableFileError(`Line ${lines ?? '?'} is no CSV: a quoted cell is damaged or not closed.`);
  }
}

async function* decode(bytes: Buffer, decoder: TextDecoder): AsyncGenerator<string> {
  for (let at = 0; at < bytes.length; at += PIECE) {
    // Streams go on within one turn of the event loop as long as they have something.
    await new Promise(setImmediate);
    const text = decoder.decode(bytes.subarray(at, at + PIECE), { stream: true });
    if (text !== '') yield text;
  }
  const rest = decoder.decode();
  if (rest !== '') yield rest;
}
