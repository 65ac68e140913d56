// The simulated PayPay's tokens, for callers that show themselves by OAuth2 client credentials (RFC 6749, section 4.4;
// RFC 6750): where they are fetched, whose they are, and when they end. The real PayPay names no such place.
import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply } from 'fastify';
import Type, { type Static } from 'typebox';
import { HTML_502 } from '../simulator-network.ts';
import type { RequestLog } from '../simulator-request-log.ts';

export interface OauthParts {
  mount: string;
  secrets: ReadonlyMap<string, string>;
  now(): number;
  requests: RequestLog;
  takeFault(fault: TokenFault): { ms: number } | null;
}

type TokenFault = 'server_error' | 'hang' | 'slow' | 'rate_limit' | 'maintenance' | 'html_502';

/** What a fault, a counter and the request log call it. */
export const TOKEN_ENDPOINT = 'token';

const USUAL_LIFETIME_SECONDS = 3_600;
const TokenSettings = Type.Object(
  { lifetime_seconds: Type.Integer({ minimum: 1, maximum: 86_400 }) },
  { additionalProperties: false },
);

export type OauthDesk = ReturnType<typeof registerOauth>;

export function registerOauth(app: FastifyInstance, parts: OauthParts) {
  const { mount, secrets, now, requests, takeFault } = parts;
  const tokens = new Map<string, { api_key: string; ends_at: number }>();
  let lifetime_seconds = USUAL_LIFETIME_SECONDS;

  function answer(body: string, headers: IncomingHttpHeaders) {
    if (takeFault('rate_limit')) return refuse(429, 'rate_limited', 'The fault dial says so.');
    if (takeFault('maintenance')) return refuse(503, 'temporarily_unavailable', 'The fault dial says so.');
    if (takeFault('server_error')) return refuse(500, 'server_error', 'The fault dial says so.');
    const client = readBasic(headers.authorization);
    if (client === null || secrets.get(client.id) !== client.secret) {
      return refuse(401, 'invalid_client', 'HTTP Basic with the API key and its secret is wanted.');
    }
    if (!/^application\/x-www-form-urlencoded\b/.test(headers['content-type'] ?? '')) {
      return refuse(400, 'invalid_request', 'The body must be form-encoded.');
    }
    if (new URLSearchParams(body).get('grant_type') !== 'client_credentials') {
      return refuse(400, 'unsupported_grant_type', 'Only client_credentials is granted.');
    }
    const access_token = randomBytes(24).toString('base64url');
    tokens.set(access_token, { api_key: client.id, ends_at: now() + lifetime_seconds * 1_000 });
    return { status: 200, body: { access_token, token_type: 'Bearer', expires_in: lifetime_seconds } };
  }

  function refuse(status: number, error: string, error_description: string) {
    requests.addRefusal(TOKEN_ENDPOINT, status, error, error_description);
    return { status, body: { error, error_description } };
  }

  app.register(
    async (scope) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
      scope.post('/oauth2/token', async (request, reply: FastifyReply) => {
        const countAnswer = requests.countRequest(TOKEN_ENDPOINT, null);
        const slow = takeFault('slow');
        if (slow) await wait(slow.ms);
        if (takeFault('hang')) {
          countAnswer('no answer');
          return reply.hijack();
        }
        if (takeFault('html_502')) {
          countAnswer('502');
          return reply.code(502).type('text/html').send(HTML_502);
        }
        const body = typeof request.body === 'string' ? request.body : '';
        const said = answer(body, request.headers);
        countAnswer(String(said.status));
        if (said.status === 401) reply.header('www-authenticate', 'Basic realm="paypay-simulator"');
        // Section 5.1 wants it: no cache on the way may keep a token.
        return reply.code(said.status).header('cache-control', 'no-store').send(said.body);
      });
    },
    { prefix: mount },
  );

  app.post<{ Body: Static<typeof TokenSettings> }>(
    `${mount}/control/tokens`,
    { schema: { body: TokenSettings } },
    (request) => {
      lifetime_seconds = request.body.lifetime_seconds;
      return { lifetime_seconds };
    },
  );
  /** PayPay takes every token back: what a client must survive. */
  app.delete(`${mount}/control/tokens`, () => {
    const withdrawn = tokens.size;
    tokens.clear();
    return { withdrawn };
  });

  return {
    /** Whose token it is while it is good; null for every other. */
    findOwner(token: string): string | null {
      const found = tokens.get(token);
      return found !== undefined && now() < found.ends_at ? found.api_key : null;
    },
    reset() {
      tokens.clear();
      lifetime_seconds = USUAL_LIFETIME_SECONDS;
    },
  };
}

function readBasic(authorization: string | undefined): { id: string; secret: string } | null {
  const [, encoded] = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization ?? '') ?? [];
  if (encoded === undefined) return null;
  const [id, secret, ...more] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  if (id === undefined || secret === undefined || more.length > 0) return null;
  return { id: formDecode(id), secret: formDecode(secret) };
}

/** Both halves come form-encoded (section 2.3.1). */
function formDecode(text: string): string {
  return new URLSearchParams(`text=${text}`).get('text') ?? '';
}
