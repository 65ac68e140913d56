// Lists: no page is asked for that nobody needs, and none is missed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InternalError, InvalidResponseError, type PaymentGateway, responseOf } from '../src/mpac-pgw.ts';
import { type Answerer, answerJson, INTENT, makeClient, reasonOf, startServer } from './loopback-server.ts';

const PAGES = [['pi_1', 'pi_2'], ['pi_3', 'pi_4'], ['pi_5']];
const ALL = PAGES.flat();

/** Answers by `starting_after`, as the gateway does; the Link names the address that the gateway believes to have. */
const answerPage: Answerer = (request, response) => {
  const url = new URL(request.target, 'https://elsewhere.example.com');
  const after = url.searchParams.get('starting_after');
  const place = after === null ? 0 : PAGES.findIndex((ids) => ids.at(-1) === after) + 1;
  const ids = PAGES[place] ?? [];
  url.searchParams.set('starting_after', ids.at(-1) ?? '');
  url.searchParams.delete('offset');
  const link = place < PAGES.length - 1 ? { link: `<${url.href}>; rel="next"` } : undefined;
  answerJson(
    200,
    ids.map((id) => ({ ...INTENT, id })),
    link,
  )(request, response);
};

async function startPages(t: Parameters<typeof startServer>[0]): Promise<{
  pgw: PaymentGateway;
  targets: () => string[];
}> {
  const server = await startServer(t, () => answerPage);
  return { pgw: makeClient(server.url), targets: () => server.requests.map(({ target }) => target) };
}

test('a walk over a list asks for each page once, when it gets there', async (t) => {
  const { pgw, targets } = await startPages(t);
  const seen: [string, number][] = [];
  for await (const { id } of pgw.paymentIntents.list({ status: 'succeeded', limit: 2 })) {
    seen.push([id, targets().length]);
  }
  assert.deepEqual(seen, [
    ['pi_1', 1],
    ['pi_2', 1],
    ['pi_3', 2],
    ['pi_4', 2],
    ['pi_5', 3],
  ]);
  assert.deepEqual(targets(), [
    '/v1/payment_intents?status=succeeded&limit=2',
    '/v1/payment_intents?status=succeeded&limit=2&starting_after=pi_2',
    '/v1/payment_intents?status=succeeded&limit=2&starting_after=pi_4',
  ]);
});

test('a walk that ends early asks for no more', async (t) => {
  const { pgw, targets } = await startPages(t);
  for await (const { id } of pgw.paymentIntents.list()) if (id === 'pi_2') break;
  assert.equal(targets().length, 1);
  assert.deepEqual(
    (await pgw.paymentIntents.list().toArray({ limit: 3 })).map(({ id }) => id),
    ['pi_1', 'pi_2', 'pi_3'],
  );
  assert.equal(targets().length, 3);
  assert.deepEqual(await pgw.paymentIntents.list().toArray({ limit: 0 }), []);
  assert.equal(targets().length, 3);
});

test('a list that nobody looks at is not asked for', async (t) => {
  const { pgw, targets } = await startPages(t);
  pgw.paymentIntents.list();
  await pgw.refunds.list();
  assert.deepEqual(targets(), ['/v1/refunds']);
});

test('the first page can be had alone, and the next from it', async (t) => {
  const { pgw, targets } = await startPages(t);
  const first = await pgw.paymentIntents.list({ offset: 0 });
  assert.deepEqual(
    first.data.map(({ id }) => id),
    ['pi_1', 'pi_2'],
  );
  assert.equal(first.hasMore, true);
  assert.equal(responseOf(first)?.status, 200);
  const second = await first.nextPage();
  const third = await second?.nextPage();
  assert.equal(third?.hasMore, false);
  assert.equal(await third?.nextPage(), undefined);
  assert.equal(targets()[1], '/v1/payment_intents?starting_after=pi_2');
});

test('a list and its page are walked over and awaited in any order, with one first request', async (t) => {
  const { pgw, targets } = await startPages(t);
  const list = pgw.paymentIntents.list();
  const page = await list;
  const ids: string[] = [];
  for await (const { id } of page) ids.push(id);
  for await (const { id } of list) ids.push(id);
  assert.deepEqual(ids, [...ALL, ...ALL]);
  assert.equal(targets().filter((target) => !target.includes('starting_after')).length, 1);
  const sizes: number[] = [];
  for await (const { data } of pgw.paymentIntents.list().pages()) sizes.push(data.length);
  assert.deepEqual(sizes, [2, 2, 1]);
});

test('the events of an endpoint go on by sequence', async (t) => {
  const server = await startServer(t, (place) =>
    place === 0
      ? answerJson(200, [{ sequence: 42 }], {
          link: '<https://a.b/>; rel="help", </v1/x?after_sequence=42>; rel="next"',
        })
      : answerJson(200, [{ sequence: 43 }]),
  );
  const sequences: number[] = [];
  const pgw = makeClient(server.url);
  for await (const { sequence } of pgw.webhookEndpoints.events('we_1', { after_sequence: 41 }))
    sequences.push(sequence);
  assert.deepEqual(sequences, [42, 43]);
  assert.deepEqual(
    server.requests.map(({ target }) => target),
    [
      '/v1/webhook_endpoints/we_1/events?after_sequence=41',
      '/v1/webhook_endpoints/we_1/events?after_sequence=42',
    ],
  );
});

test('a fault on a later page ends the walk with its error, after what was good', async (t) => {
  const server = await startServer(t, (place) => (place === 0 ? answerPage : answerJson(500, {})));
  const ids: string[] = [];
  const walk = async () => {
    for await (const { id } of makeClient(server.url).paymentIntents.list()) ids.push(id);
  };
  assert.ok((await reasonOf(walk())) instanceof InternalError);
  assert.deepEqual(ids, ['pi_1', 'pi_2']);
});

test('a list is a promise in all its ways', async (t) => {
  const { pgw } = await startPages(t);
  const [page, refunds] = await Promise.all([pgw.paymentIntents.list(), pgw.refunds.list()]);
  assert.equal(page.data.length, refunds.data.length);
  const nobody = makeClient('http://127.0.0.1:65433', { maxRetries: 0 });
  assert.equal(await nobody.events.list().catch(() => 'none'), 'none');
  let is_over = false;
  await pgw.paymentIntents.list().finally(() => {
    is_over = true;
  });
  assert.ok(is_over);
});

test('a list whose next page is the page itself ends with an error, and not never', async (t) => {
  const link = { link: '<https://elsewhere.example.com/v1/refunds?limit=2&payment_intent=pi_1>; rel="next"' };
  const server = await startServer(t, () => answerJson(200, [{ id: 're_1' }], link));
  const seen: string[] = [];
  const walk = async () => {
    const list = makeClient(server.url).refunds.list({ payment_intent: 'pi_1', limit: 2 });
    for await (const { id } of list) seen.push(id);
  };
  const reason = await reasonOf(walk());
  assert.ok(reason instanceof InvalidResponseError);
  assert.match(reason.message, /does not end/);
  assert.deepEqual(seen, ['re_1']);
  assert.equal(server.requests.length, 1);
});
