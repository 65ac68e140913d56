// A connection to Redis that nothing waits for: it is up or it is away, and who asks is told at once. It finds back
// by itself, and says each change once.
import { Redis } from 'ioredis';

const CONNECT_TIMEOUT_MS = 2_000;
const RETRY_MS = 250;
/** A connection that answers nothing is given up after so many probes: its other end may be gone without a word. */
const PROBES_PER_CONNECTION = 8;
const PROBE_KEY = 'mpac:rate:probe';

export interface RedisLink {
  client: Redis;
  /** Whether commands are to be sent now. */
  isUp(): boolean;
  /** The answer, or a failure when it takes too long. */
  within<T>(answer: Promise<T>): Promise<T>;
  /** A command failed. Until a probe succeeds, Redis counts as away. */
  failed(error: unknown): void;
  close(): void;
}

export interface RedisLinkOptions {
  url: string;
  /** Longer than a healthy Redis takes on a network of one's own, and short enough for a customer at a till. */
  deadline_ms: number;
  onUp(): void;
  onAway(error: unknown): void;
}

export function openRedisLink({ url, deadline_ms, onUp, onAway }: RedisLinkOptions): RedisLink {
  const within = makeDeadline(deadline_ms);
  const client = new Redis(url, {
    // Redis 6 and all its kin speak it; nothing here needs the newer one.
    protocol: 2,
    connectTimeout: CONNECT_TIMEOUT_MS,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => RETRY_MS,
    // After a failover the old primary may answer on, but only to reads.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  });
  let state: 'starting' | 'up' | 'away' | 'closed' = 'starting';
  let timer: NodeJS.Timeout | null = null;
  let failures = 0;

  function away(error: unknown): void {
    if (state === 'starting' || state === 'up') {
      state = 'away';
      onAway(error);
    }
    if (state === 'away') timer ??= setTimeout(probe, RETRY_MS).unref();
  }

  /** It writes, because a Redis that only reads, or is full, cannot count. */
  async function probe(): Promise<void> {
    timer = null;
    if (state === 'closed' || state === 'up') return;
    // While it is not connected, the connection's own news begins the next probe.
    if (client.status !== 'ready') return;
    try {
      await within(client.set(PROBE_KEY, '1', 'PX', 1_000));
      failures = 0;
      if (!isClosed()) {
        state = 'up';
        onUp();
      }
    } catch (error) {
      failures += 1;
      if (failures % PROBES_PER_CONNECTION === 0) client.disconnect(true);
      away(error);
    }
  }

  const isClosed = () => state === 'closed';
  client.on('ready', () => void probe());
  client.on('error', away);
  client.on('close', () => away(new Error('the connection to Redis was closed')));

  return {
    client,
    isUp: () => state === 'up',
    within,
    failed: away,
    close(): void {
      state = 'closed';
      if (timer !== null) clearTimeout(timer);
      client.disconnect();
    },
  };
}

function makeDeadline(deadline_ms: number) {
  return <T>(answer: Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      const fail = () => reject(new Error(`Redis did not answer within ${deadline_ms} ms`));
      // It may be this process that was busy for so long: what has arrived meanwhile is read before it counts.
      const timer = setTimeout(() => setImmediate(fail), deadline_ms);
      answer.then(resolve, reject).finally(() => clearTimeout(timer));
    });
}
