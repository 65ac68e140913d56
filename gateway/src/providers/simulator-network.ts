// What a network and the proxies in front of a provider do to its answers, the same for every simulator: a page of HTML
// in the answer's place, a long wait, a body that trickles.
import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';

export const HTML_502 =
  '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>';

/** Sends a body whose status and type are set, as fast as the faults let it. */
export async function sendAtPace(
  reply: FastifyReply,
  text: string,
  takeFault: (fault: 'slow' | 'slow_drip') => { ms: number } | null,
): Promise<FastifyReply> {
  const slow = takeFault('slow');
  if (slow) await waitForClient(reply, slow.ms);
  const drip = takeFault('slow_drip');
  if (!drip) return reply.send(text);
  reply.header('content-length', Buffer.byteLength(text));
  return reply.send(Readable.from(dripBody(reply, text, drip.ms)));
}

/** Waits, but not for a client that has already left. */
async function waitForClient(reply: FastifyReply, ms: number): Promise<void> {
  const gone = new AbortController();
  const leave = () => gone.abort();
  reply.raw.once('close', leave);
  await wait(ms, undefined, { signal: gone.signal }).catch(() => {});
  reply.raw.off('close', leave);
}

/** The same bytes in twenty pieces over the whole time: every read makes progress, none is the last. */
async function* dripBody(reply: FastifyReply, text: string, ms: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  const pieces = Math.min(20, bytes.length);
  const size = Math.ceil(bytes.length / pieces);
  for (let start = 0; start < bytes.length && !reply.raw.destroyed; start += size) {
    yield bytes.subarray(start, start + size);
    await waitForClient(reply, ms / pieces);
  }
}
