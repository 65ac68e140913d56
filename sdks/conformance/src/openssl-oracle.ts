// Signatures by the openssl command: an implementation that nobody here wrote. Nothing in it is quick or secret (a key
// stands among the arguments of a process), so it is for vectors only.
import { execFileSync } from 'node:child_process';

function openssl(args: string[], input: Buffer): Buffer {
  return execFileSync('openssl', ['dgst', '-sha256', '-binary', ...args], { input });
}

function hmac(key: Buffer, message: Buffer): Buffer {
  return openssl(['-mac', 'HMAC', '-macopt', `hexkey:${key.toString('hex')}`], message);
}

/** The signature of a request, as hex: under the 64 ASCII bytes of the hex of the secret's SHA-256. */
export function signRequestByOpenssl(request: {
  secret: string;
  method: string;
  target: string;
  timestamp: number;
  body: Buffer;
}): string {
  const { secret, method, target, timestamp, body } = request;
  const key = Buffer.from(openssl([], Buffer.from(secret)).toString('hex'), 'ascii');
  const message = [method, target, String(timestamp), openssl([], body).toString('hex')].join('\n');
  return hmac(key, Buffer.from(message)).toString('hex');
}

/** One signature of a webhook, `v1,…`. The secret has to be a good one. */
export function signWebhookByOpenssl(webhook: {
  secret: string;
  id: string;
  timestamp: string;
  body: Buffer;
}): string {
  const { secret, id, timestamp, body } = webhook;
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  return `v1,${hmac(key, Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body])).toString('base64')}`;
}
