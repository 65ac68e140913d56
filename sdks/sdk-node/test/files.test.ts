// Files: what is read is the bytes as they came, and what is handed in travels as the bytes that it is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvalidRequestError, InvalidResponseError, NotFoundError, responseOf } from '../src/mpac-pgw.ts';
import { answerJson, makeClient, reasonOf, startServer } from './loopback-server.ts';

const BOM_AND_KANJI = Buffer.from([0xef, 0xbb, 0xbf, 0xe6, 0x8a, 0xb9, 0x2c, 0x0d, 0x0a, 0xff, 0x00]);
const EXPORT = 'ax_01KG3Q0C6E8G0J2M4P6R8T0V2X';

test('a file is read byte for byte in each format, also one that is JSON', async (t) => {
  const files: [type: string, bytes: Buffer][] = [
    ['text/csv; charset=utf-8', BOM_AND_KANJI],
    ['application/json; charset=utf-8', Buffer.from('{ "amount": 1.50 }\n')],
    ['application/xml', Buffer.from('<export/>')],
    ['text/csv', Buffer.alloc(11 * 1024 * 1024, 'x')],
  ];
  const server = await startServer(t, (place) => (_, response) => {
    const [type = '', bytes] = files[place] ?? [];
    response.writeHead(200, { 'content-type': type, 'x-request-id': 'req_1' }).end(bytes);
  });
  for (const [type, bytes] of files) {
    const file = await makeClient(server.url).accountingExports.file(EXPORT);
    assert.ok(bytes.equals(file), type);
    assert.equal(responseOf(file)?.request_id, 'req_1');
  }
  assert.equal(server.requests[0]?.target, `/v1/accounting_exports/${EXPORT}/file`);
  assert.match(String(server.requests[0]?.headers.accept), /text\/csv/);
});

test('what is no file of the gateway’s is refused', async (t) => {
  const server = await startServer(t, (place) => (_, response) => {
    if (place === 0) response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Please log in</p>');
    else if (place === 1) response.writeHead(200, { 'content-type': 'text/csv' }).end();
    else answerJson(404, { code: 'not_found', error: { code: 'not_found', message: 'no' } })(_, response);
  });
  const read = () => reasonOf(makeClient(server.url).accountingExports.file(EXPORT));
  assert.ok((await read()) instanceof InvalidResponseError);
  assert.ok((await read()) instanceof InvalidResponseError);
  assert.ok((await read()) instanceof NotFoundError);
});

test('a settlement file is handed in as bytes, and a text is refused before anything is sent', async (t) => {
  const server = await startServer(t, () => answerJson(200, { id: 'cb_1', object: 'card_batch' }));
  const { cardBatches } = makeClient(server.url);
  const whole = Buffer.concat([Buffer.from('before'), BOM_AND_KANJI]);
  // A view of a part of a buffer is that part.
  await cardBatches.supplySettlementFile('cb_1', { file_name: 's.csv', content: whole.subarray(6) });
  const [{ body, method, target } = assert.fail('nothing was sent')] = server.requests;
  assert.deepEqual([method, target], ['POST', '/v1/card_batches/cb_1/settlement_file']);
  const sent = JSON.parse(body.toString('utf8')) as Record<string, string>;
  assert.deepEqual(sent, { file_name: 's.csv', content_base64: BOM_AND_KANJI.toString('base64') });

  const text = 'Merchant ID,Date' as never;
  const error = await reasonOf(
    cardBatches.supplySettlementFile('cb_1', { file_name: 's.csv', content: text }),
  );
  assert.ok(error instanceof InvalidRequestError && error.param === 'content');
  assert.equal(server.requests.length, 1);
});

test('a connection is saved by PUT, with a body and a key of its own', async (t) => {
  const server = await startServer(t, () => answerJson(200, { object: 'card_processor_connection' }));
  await makeClient(server.url).cardProcessorConnection.save({ host: 'ftp.example.com', username: 'mpac' });
  const [{ method, body, headers } = assert.fail('nothing was sent')] = server.requests;
  assert.deepEqual(
    [method, JSON.parse(body.toString())],
    ['PUT', { host: 'ftp.example.com', username: 'mpac' }],
  );
  assert.ok(headers['idempotency-key']);
});
