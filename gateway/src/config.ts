// The only place that reads the environment. Everything that is wrong with it is reported at once, each with
// the variable's name and what it should be.
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { RETAIL_CODE_TABLE, type RetailCodeTable, readRetailCodeTable } from './domain/retail-code-table.ts';

export type Mode = 'development' | 'production';

export interface Config {
  mode: Mode;
  host: string;
  port: number;
  /** How clients reach us; qr_code_url and the like begin with it. */
  base_url: string;
  /** False: it is only a guess, which is good on this machine. */
  is_base_url_given: boolean;
  /** Null: the embedded database in `data_dir`. */
  database_url: string | null;
  data_dir: string;
  /** Where a process that only works answers /health, /ready and /metrics. Null: 9464, or any where that is taken. */
  worker_port: number | null;
  /** When set, /metrics is shown only to who presents it as a bearer token. */
  metrics_token: string | null;
  /** For how long a process that is asked to stop goes on serving, while /ready sends everybody elsewhere. */
  drain_ms: number;
  /** In how many milliseconds a request's headers, and all of it, must have arrived. */
  headers_timeout_ms: number;
  request_timeout_ms: number;
  max_connections: number;
  /** Where traces go, as OpenTelemetry names it; null: there are none, and they cost nothing. */
  otlp_traces_url: string | null;
  database_pool_size: number;
  /** How long one statement may take, may wait for a lock, and may wait for a free connection. */
  database_statement_timeout_ms: number;
  database_lock_timeout_ms: number;
  database_acquire_timeout_ms: number;
  /** 32 bytes in hex or base64; null in development, where one is made and kept in `data_dir`. */
  master_key: string | null;
  /** Keys that still open what they sealed, while the master key is exchanged. */
  previous_master_keys: string[];
  log_level: string;
  payment_token_minutes: number;
  rate_limit_per_merchant: number;
  rate_limit_global: number;
  /** Where rate limits are counted over all processes; null: each counts in its own memory. */
  redis_url: string | null;
  /** How long a request may wait for Redis; after that it counts as away. */
  redis_deadline_ms: number;
  look_up_per_second: number;
  look_up_burst: number;
  provider_deadline_ms: number;
  /** The proxy through which providers are reached, perhaps with its password; null: directly. */
  provider_proxy_url: string | null;
  /** After so many payments in a row without an answer a provider is left alone for a while; 0: never. */
  provider_circuit_failures: number;
  webhook_concurrency: number;
  /** How long events and their deliveries are kept. Payments are kept for good. */
  retention_days: number;
  /** How long one file may travel by FTP or SFTP, and how long its server may be silent meanwhile. */
  transfer_deadline_ms: number;
  transfer_stall_ms: number;
  /** Addresses or CIDR ranges that files may go to although they are private: servers behind a VPN. */
  transfer_private_ranges: string[];
  /** Null: mails are not sent. The URL may hold the account at the mail server. */
  mail: { smtp_url: string; from: string } | null;
  /** Webhooks to http:// and to this machine: for development only. */
  webhook_allow_loopback: boolean;
  /** Proxies whose X-Forwarded-For is believed: addresses or CIDR ranges. */
  trusted_proxies: string[];
  /** Credentials that hold for the whole gateway in live mode, by provider; a store's own come first. */
  provider_defaults: Record<string, Record<string, string>>;
  /** The same for test payments of stores with credentials of their own: where they go. */
  provider_test_defaults: Record<string, Record<string, string>>;
  /** How a provider's notifications are known to be its own. */
  notifications: Record<string, { secret: string | null; sources: string[] }>;
  /** From where a provider's announced files may be fetched: these hosts and all below them. */
  file_hosts: Record<string, string[]>;
  /** Which wallet a scanned code belongs to: the gateway's table, with the operator's file over it. */
  retail_codes: RetailCodeTable;
  simulator_port: number;
  /** Where test payments without credentials of their own go; set by `start`, or by hand for `serve`. */
  simulator_url: string | null;
}

/** All that is wrong with the environment, a line each. */
export class ConfigError extends Error {
  constructor(problems: string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
  }
}

type Environment = Record<string, string | undefined>;

/** `by_database`: a DATABASE_URL means production, unless the environment says otherwise. */
export function readConfig(environment: Environment, mode_unless_said: Mode | 'by_database'): Config {
  const problems: string[] = [];
  const text = (name: string): string | null => environment[name]?.trim() || null;
  const mode_by_database = text('DATABASE_URL') === null ? 'development' : 'production';
  const default_mode = mode_unless_said === 'by_database' ? mode_by_database : mode_unless_said;

  const integer = (name: string, fallback: number, min: number, max: number): number => {
    const value = text(name);
    if (value === null) return fallback;
    const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
    if (number >= min && number <= max) return number;
    problems.push(`${name} must be a whole number from ${min} to ${max}, not "${value}".`);
    return fallback;
  };
  const choice = <T extends string>(name: string, fallback: T, values: readonly T[]): T => {
    const value = text(name);
    if (value === null) return fallback;
    if ((values as readonly string[]).includes(value)) return value as T;
    problems.push(`${name} must be one of ${values.join(', ')}, not "${value}".`);
    return fallback;
  };
  const url = (name: string, schemes: string[]): string | null => {
    const value = text(name);
    if (value === null) return null;
    if (URL.canParse(value) && schemes.includes(new URL(value).protocol)) return value.replace(/\/$/, '');
    problems.push(`${name} must be a URL that begins with ${schemes.map((s) => `${s}//`).join(' or ')}.`);
    return null;
  };
  /** What paths are put behind. */
  const site = (name: string): string | null => {
    const value = url(name, WEB);
    if (value === null || /^https?:\/\/[^/?#@]+(\/[^?#]*)?$/.test(value)) return value;
    problems.push(`${name} must be a URL without user, query or fragment: paths are put behind it.`);
    return null;
  };
  const list = (name: string): string[] => (text(name) ?? '').split(',').flatMap((part) => part.trim() || []);

  const hosts = (name: string, fallback: string[]): string[] => {
    const names = list(name).map((host) => host.toLowerCase());
    if (!names.every((host) => /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(host)))
      problems.push(`${name} must be names of hosts, such as paypay.ne.jp, separated by commas.`);
    return names.length === 0 ? fallback : names;
  };

  const addresses = (name: string): string[] => {
    const given = list(name);
    if (given.every(isAddressOrRange)) return given;
    problems.push(`${name} must be addresses or ranges, such as 203.0.113.7 or 2001:db8::/32, with commas.`);
    return [];
  };

  const mode = choice('MPAC_MODE', environment['NODE_ENV'] === 'production' ? 'production' : default_mode, [
    'development',
    'production',
  ]);
  const development = mode === 'development';
  const port = integer('PORT', 8080, 0, 65_535);
  const master_key = text('MPAC_MASTER_KEY');
  if (master_key !== null && !isKey(master_key)) {
    problems.push(
      'MPAC_MASTER_KEY must be 32 bytes in hex or base64, for example from "openssl rand -hex 32".',
    );
  }
  if (master_key === null && !development) {
    problems.push('MPAC_MASTER_KEY is missing. Make one with "openssl rand -hex 32" and keep it safe.');
  }
  const previous_master_keys = list('MPAC_MASTER_KEY_PREVIOUS');
  if (!previous_master_keys.every(isKey)) {
    problems.push('MPAC_MASTER_KEY_PREVIOUS must be an earlier MPAC_MASTER_KEY, or several with commas.');
  }
  if (previous_master_keys.length > 0 && master_key === null && !development) {
    problems.push('MPAC_MASTER_KEY_PREVIOUS is set without MPAC_MASTER_KEY, which is to take its place.');
  }
  // Only the beginning is checked: the URL of a Unix socket has no host, and what is true of a database is
  // found out by connecting to it.
  const database_url = text('DATABASE_URL');
  if (database_url !== null && !/^postgres(ql)?:\/\//.test(database_url)) {
    problems.push('DATABASE_URL must be a URL that begins with postgres:// or postgresql://.');
  }
  if (database_url === null && !development) {
    problems.push('DATABASE_URL is missing: production needs a PostgreSQL of its own, 15 or newer.');
  }

  const smtp_url = url('MPAC_SMTP_URL', ['smtp:', 'smtps:']);
  const mail_from = text('MPAC_MAIL_FROM');
  if ((smtp_url === null) !== (mail_from === null)) {
    problems.push('MPAC_SMTP_URL and MPAC_MAIL_FROM belong together: set both or neither.');
  }
  if (mail_from !== null && !/^[^<>\r\n]*<?[^\s<>@]+@[^\s<>@]+>?$/.test(mail_from)) {
    problems.push('MPAC_MAIL_FROM must be an address such as pgw@example.com, or Name <pgw@example.com>.');
  }

  const provider_proxy_url = url('MPAC_PROVIDER_PROXY_URL', WEB);
  if (provider_proxy_url !== null && !isDecodable(provider_proxy_url)) {
    problems.push('MPAC_PROVIDER_PROXY_URL must have its user and password percent-encoded.');
  }

  const mpgs_page_minutes = String(integer('MPAC_MPGS_PAGE_MINUTES', 30, 5, 1440));

  const config: Config = {
    mode,
    host: text('HOST') ?? (development ? 'localhost' : '0.0.0.0'),
    port,
    base_url: url('MPAC_BASE_URL', ['http:', 'https:']) ?? `http://localhost:${port}`,
    is_base_url_given: text('MPAC_BASE_URL') !== null,
    database_url,
    data_dir: text('MPAC_DATA_DIR') ?? '.mpac-pgw',
    worker_port: text('MPAC_WORKER_PORT') === null ? null : integer('MPAC_WORKER_PORT', 9464, 0, 65_535),
    metrics_token: text('MPAC_METRICS_TOKEN'),
    drain_ms: integer('MPAC_DRAIN_MS', development ? 0 : 1_000, 0, 600_000),
    headers_timeout_ms: integer('MPAC_HEADERS_TIMEOUT_MS', 10_000, 100, 600_000),
    request_timeout_ms: integer('MPAC_REQUEST_TIMEOUT_MS', 30_000, 100, 600_000),
    max_connections: integer('MPAC_MAX_CONNECTIONS', 10_000, 10, 1_000_000),
    otlp_traces_url: tracesUrl(
      url('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', WEB),
      url('OTEL_EXPORTER_OTLP_ENDPOINT', WEB),
    ),
    database_pool_size: integer('MPAC_DATABASE_POOL', 16, 2, 200),
    database_statement_timeout_ms: integer('MPAC_DATABASE_STATEMENT_TIMEOUT_MS', 10_000, 10, 600_000),
    database_lock_timeout_ms: integer('MPAC_DATABASE_LOCK_TIMEOUT_MS', 5_000, 10, 600_000),
    database_acquire_timeout_ms: integer('MPAC_DATABASE_ACQUIRE_TIMEOUT_MS', 5_000, 10, 600_000),
    master_key,
    previous_master_keys,
    log_level: choice('LOG_LEVEL', 'info', ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    payment_token_minutes: integer('MPAC_PAYMENT_TOKEN_MINUTES', 5, 1, 1440),
    rate_limit_per_merchant: integer('MPAC_RATE_LIMIT_PER_MERCHANT', 1_000, 1, 100_000_000),
    rate_limit_global: integer('MPAC_RATE_LIMIT_GLOBAL', 10_000, 1, 100_000_000),
    redis_url: url('MPAC_REDIS_URL', ['redis:', 'rediss:']),
    redis_deadline_ms: integer('MPAC_REDIS_DEADLINE_MS', 100, 10, 10_000),
    look_up_per_second: integer('MPAC_LOOK_UPS_PER_SECOND', 3, 1, 100_000),
    look_up_burst: integer('MPAC_LOOK_UP_BURST', 10, 1, 100_000),
    // Shorter than the leases of 30 s on a request and on its attempt: nobody takes work over that still runs.
    provider_deadline_ms: integer('MPAC_PROVIDER_DEADLINE_MS', 10_000, 100, 25_000),
    provider_proxy_url,
    provider_circuit_failures: integer('MPAC_PROVIDER_CIRCUIT_FAILURES', 5, 0, 1_000),
    webhook_concurrency: integer('MPAC_WEBHOOK_CONCURRENCY', 64, 1, 1_000),
    // A year, and a month more to look back on it. Below a month what is being delivered would hold it up.
    retention_days: integer('MPAC_RETENTION_DAYS', 400, 31, 36_500),
    transfer_deadline_ms: integer('MPAC_TRANSFER_DEADLINE_MS', 900_000, 100, 7_200_000),
    transfer_stall_ms: integer('MPAC_TRANSFER_STALL_MS', 30_000, 50, 600_000),
    transfer_private_ranges: addresses('MPAC_TRANSFER_PRIVATE_RANGES'),
    webhook_allow_loopback:
      choice('MPAC_WEBHOOK_ALLOW_LOOPBACK', development ? 'true' : 'false', ['true', 'false']) === 'true',
    mail: smtp_url === null || mail_from === null ? null : { smtp_url, from: mail_from },
    trusted_proxies: addresses('MPAC_TRUSTED_PROXIES'),
    provider_defaults: {
      PAYPAY: present({
        api_key: text('MPAC_PAYPAY_API_KEY'),
        api_secret: text('MPAC_PAYPAY_API_SECRET'),
        base_url: site('MPAC_PAYPAY_BASE_URL'),
        auth: text('MPAC_PAYPAY_AUTH') === null ? null : choice('MPAC_PAYPAY_AUTH', 'opa_hmac', PAYPAY_AUTHS),
        token_url: url('MPAC_PAYPAY_TOKEN_URL', WEB),
      }),
      MPGS: present({
        gateway_api_key: text('MPAC_MPGS_API_KEY'),
        gateway_access_token: text('MPAC_MPGS_ACCESS_TOKEN'),
        gateway_secret_key: text('MPAC_MPGS_SECRET_KEY'),
        base_url: site('MPAC_MPGS_BASE_URL'),
        page_minutes: mpgs_page_minutes,
      }),
    },
    provider_test_defaults: {
      PAYPAY: present({
        base_url: site('MPAC_PAYPAY_TEST_BASE_URL'),
        token_url: url('MPAC_PAYPAY_TEST_TOKEN_URL', WEB),
      }),
      MPGS: present({ base_url: site('MPAC_MPGS_TEST_BASE_URL'), page_minutes: mpgs_page_minutes }),
    },
    file_hosts: { PAYPAY: hosts('MPAC_PAYPAY_FILE_HOSTS', ['paypay.ne.jp']) },
    notifications: {
      PAYPAY: {
        secret: text('MPAC_PAYPAY_WEBHOOK_SECRET'),
        sources: addresses('MPAC_PAYPAY_WEBHOOK_SOURCES'),
      },
    },
    retail_codes: readRetailCodes(text('MPAC_RETAIL_CODES_FILE'), problems),
    simulator_port: integer('MPAC_SIMULATOR_PORT', 8090, 0, 65_535),
    simulator_url: url('MPAC_SIMULATOR_URL', ['http:', 'https:']),
  };
  const mpgs_keys = ['MPAC_MPGS_API_KEY', 'MPAC_MPGS_ACCESS_TOKEN', 'MPAC_MPGS_SECRET_KEY'];
  if (new Set(mpgs_keys.map((name) => text(name) === null)).size > 1) {
    problems.push(`${mpgs_keys.join(', ')} belong together: set all or none.`);
  }
  if (text('MPAC_MPGS_API_KEY') !== null && text('MPAC_BASE_URL') === null) {
    problems.push('MPAC_BASE_URL is missing: MPGS sends customers and its news there.');
  }
  if ((text('MPAC_PAYPAY_API_KEY') === null) !== (text('MPAC_PAYPAY_API_SECRET') === null)) {
    problems.push('MPAC_PAYPAY_API_KEY and MPAC_PAYPAY_API_SECRET belong together: set both or neither.');
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

const WEB = ['http:', 'https:'];
const PAYPAY_AUTHS = ['opa_hmac', 'oauth2'];

/** The one for traces is used as it is; the one for everything gets the path that the standard adds. */
function tracesUrl(own: string | null, general: string | null): string | null {
  if (own !== null) return own;
  return general === null ? null : `${general}/v1/traces`;
}

function present(values: Record<string, string | null>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
  );
}

function isAddressOrRange(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  if (most < 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most);
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function isKey(text: string): boolean {
  return /^[0-9a-f]{64}$/i.test(text) || (/^[A-Za-z0-9+/]{43}=?$/.test(text) && !/^[0-9a-f]+$/i.test(text));
}

function readRetailCodes(path: string | null, problems: string[]): RetailCodeTable {
  if (path === null) return RETAIL_CODE_TABLE;
  let json: string;
  try {
    json = readFileSync(path, 'utf8');
  } catch (error) {
    problems.push(`MPAC_RETAIL_CODES_FILE cannot be read: ${(error as Error).message}.`);
    return RETAIL_CODE_TABLE;
  }
  const read = readRetailCodeTable(json);
  if ('table' in read) return read.table;
  problems.push(...read.problems.map((problem) => `MPAC_RETAIL_CODES_FILE: ${problem}`));
  return RETAIL_CODE_TABLE;
}
