// The requests as bytes. Creating is signed as a backend signs (the canonical form), confirming carries the
// payment token as a terminal does. Each has its own idempotency key, reference and, with them, signature.
import { createHmac, createSecretKey, hash, randomBytes } from 'node:crypto';

export interface Signer {
  api_key: string;
  secret_key: string;
}

export type CreateRequest = { text: string; amount: number; merchant_ref_id: string };

const CREATE_PATH = '/v1/payment_intents';

/** Makes ready requests, so that signing does not take CPU from the servers while they are measured. */
export function makeCreateRequests(
  signer: Signer,
  merchant_store_id: string,
  payment_method_type: string,
  count: number,
): CreateRequest[] {
  const key = createSecretKey(hash('sha256', signer.secret_key, 'hex'), 'ascii');
  const timestamp = Math.floor(Date.now() / 1_000);
  const batch = randomBytes(9).toString('base64url');
  return Array.from({ length: count }, (_, number) => {
    const amount = 100 + (number % 9_900);
    const merchant_ref_id = `order-${batch}-${number}`;
    const body = JSON.stringify({
      amount,
      currency: 'JPY',
      payment_method_types: [payment_method_type],
      merchant_ref_id,
      merchant_store_id,
      merchant_terminal_id: `terminal_${number % 20}`,
      description: 'One coffee, one sandwich',
    });
    const signed = `POST\n${CREATE_PATH}\n${timestamp}\n${hash('sha256', body, 'hex')}`;
    const signature = createHmac('sha256', key).update(signed).digest('hex');
    const authorization = `Authorization: HMAC-SHA256 ${signer.api_key}:${timestamp}:${signature}\r\n`;
    return { text: post(CREATE_PATH, merchant_ref_id, authorization, body), amount, merchant_ref_id };
  });
}

export function makeConfirmRequest(id: string, payment_token: string, confirm: object): string {
  const body = JSON.stringify({ payment_token, ...confirm });
  return post(`${CREATE_PATH}/${id}/confirm`, `confirm-${id}`, '', body);
}

/** All of it is ASCII, so that its length in characters is its length in bytes. */
function post(path: string, idempotency_key: string, authorization: string, body: string): string {
  return (
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n` +
    `Idempotency-Key: ${idempotency_key}\r\n${authorization}Content-Length: ${body.length}\r\n\r\n${body}`
  );
}
