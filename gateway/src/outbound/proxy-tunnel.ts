// The way to providers through the operator's proxy, for who must come from an address that the provider knows. A
// connection is a tunnel (CONNECT) that the proxy opens; whatever it refuses, nothing of a request has been sent.
// The proxy's user and password go to the proxy alone and into no message.
import { request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import type { Socket } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import ipaddr from 'ipaddr.js';
import type { buildConnector } from 'undici';

/** Why no tunnel came about. Its text may be shown to anybody. */
export class ProxyError extends Error {
  readonly reason: 'timeout' | 'connection_failed';

  constructor(reason: ProxyError['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}

export interface ProxyOptions {
  /** `http://` or `https://`, with user and password where the proxy wants them. */
  url: string;
  /** For everything until the tunnel stands. */
  timeout_ms?: number;
  /** Who vouches for a proxy that is reached by https; absent: the usual authorities. */
  ca?: SecureContextOptions['ca'];
}

const USUAL_TIMEOUT_MS = 10_000;

/** Opens connections to hosts elsewhere through the proxy; this machine itself is reached by `openDirectly`. */
export function makeProxyConnector(
  proxy: ProxyOptions,
  openDirectly: buildConnector.connector,
): buildConnector.connector {
  return (target, callback) => {
    if (isThisMachine(target.hostname)) return openDirectly(target, callback);
    const port = target.port || (target.protocol === 'https:' ? '443' : '80');
    openTunnel(proxy, `${target.hostname}:${port}`).then(
      // Within the tunnel the provider's certificate is checked as without a proxy.
      (socket) =>
        target.protocol === 'https:'
          ? openDirectly({ ...target, httpSocket: socket } as never, callback)
          : callback(null, socket),
      (error: Error) => callback(error, null),
    );
  };
}

/** A simulator beside the gateway is nobody that a proxy could reach. */
function isThisMachine(hostname: string): boolean {
  const name = hostname.replace(/^\[|\]$/g, '');
  if (name === 'localhost' || name.endsWith('.localhost')) return true;
  return ipaddr.isValid(name) && ipaddr.process(name).range() === 'loopback';
}

function openTunnel(proxy: ProxyOptions, authority: string): Promise<Socket> {
  const { protocol, hostname, port, username, password } = new URL(proxy.url);
  const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const is_secure = protocol === 'https:';
  const timeout_ms = proxy.timeout_ms ?? USUAL_TIMEOUT_MS;
  return new Promise((resolve, reject) => {
    const request = (is_secure ? requestSecure : requestPlain)({
      method: 'CONNECT',
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port || (is_secure ? 443 : 80),
      path: authority,
      // A connection of its own, which then is the tunnel.
      agent: false,
      headers: {
        host: authority,
        ...(user !== ':' && {
          'proxy-authorization': `Basic ${Buffer.from(user, 'utf8').toString('base64')}`,
        }),
      },
      ...(proxy.ca !== undefined && { ca: proxy.ca }),
    });
    const fail = (reason: ProxyError['reason'], message: string) => {
      clearTimeout(timer);
      reject(new ProxyError(reason, message));
      request.destroy();
    };
    const timer = setTimeout(() => fail('timeout', 'The proxy opened no tunnel in time.'), timeout_ms);
    request.on('connect', (answer, socket, head) => {
      const { statusCode = 0 } = answer;
      if (statusCode < 200 || statusCode > 299) {
        socket.destroy();
        return fail('connection_failed', `The proxy refused the tunnel (${describeStatus(statusCode)}).`);
      }
      clearTimeout(timer);
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    // An answer that no tunnel can follow, as some proxies give it.
    request.on('response', ({ statusCode = 0 }) =>
      fail('connection_failed', `The proxy refused the tunnel (${describeStatus(statusCode)}).`),
    );
    request.on('error', ({ code, name }: NodeJS.ErrnoException) =>
      fail('connection_failed', `The proxy could not be reached (${code ?? name}).`),
    );
    request.end();
  });
}

function describeStatus(status: number): string {
  return status === 407 ? '407: it wants another user or password' : String(status);
}
