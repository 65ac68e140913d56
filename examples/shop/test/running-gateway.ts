// The gateway that the till is tested against: one that runs already, named by SHOP_GATEWAY_FACTS, or one that is
// started here and gone at the end; and the customer, who is played through PayPay's simulator.
import { spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../../../gateway/dist/src/cli.js', import.meta.url));

export interface GatewayFacts {
  base_url: string;
  api_key: string;
  secret_key: string;
  publishable_key: string;
  merchant_store_id: string;
  simulator_url: string;
}

/** Something that others hang their end on: `{ after }` of node:test, or a test. */
export interface Closing {
  after(end: () => Promise<void> | void): void;
}

/** What was begun last ends first: a shop before its folder, and the gateway after everything that asks it. */
export function inReverse(closing: Closing): Closing {
  const ends: (() => Promise<void> | void)[] = [];
  closing.after(async () => {
    for (const end of ends.reverse()) await end();
  });
  return { after: (end) => void ends.push(end) };
}

/** The facts of a gateway that is ready. */
export async function findGateway(closing: Closing): Promise<GatewayFacts> {
  const given = process.env['SHOP_GATEWAY_FACTS'];
  const path = given || (await startGateway(closing));
  return JSON.parse(await readFile(path, 'utf8')) as GatewayFacts;
}

async function startGateway(closing: Closing): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mpac-shop-'));
  // When root runs this, PostgreSQL runs as somebody else and must be able to pass through.
  await chmod(folder, 0o711);
  const data_dir = join(folder, 'data');
  const env = {
    ...process.env,
    PORT: '0',
    MPAC_SIMULATOR_PORT: '0',
    LOG_LEVEL: 'warn',
    MPAC_DATA_DIR: data_dir,
  };
  const child = spawn(process.execPath, [CLI, 'start'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => {
    child.on('close', () => resolve());
  });
  const stop = () => void child.kill('SIGTERM');
  process.once('exit', stop);
  closing.after(async () => {
    stop();
    await ended;
    process.off('exit', stop);
    await rm(folder, { recursive: true, force: true });
  });
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('mpac-pgw is ready')) resolve();
    });
    child.on('close', () => reject(new Error(`The gateway ended early.\n${said}`)));
  });
  return join(data_dir, 'development.json');
}

interface SimulatedPayment {
  merchantPaymentId: string;
  url: string;
  amount: number;
  status: string;
}

interface Charge {
  merchantPaymentId: string;
  amount: number;
  refunded: number;
}

/** Somebody with PayPay's app. */
export function makeCustomer({ simulator_url }: GatewayFacts) {
  async function control<Answer>(method: string, path: string, body: object = {}): Promise<Answer> {
    const answer = await fetch(`${simulator_url}/control${path}`, {
      method,
      ...(method === 'POST' && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Answer;
  }

  return {
    /** Of the newest code over this amount: what the customer sees after scanning. */
    async scan(amount: number): Promise<SimulatedPayment> {
      const { payments } = await control<{ payments: SimulatedPayment[] }>('GET', '/payments');
      const payment = payments.find((one) => one.amount === amount);
      if (payment === undefined) throw new Error(`There is no code over ${amount}.`);
      return payment;
    },
    pay: (payment: SimulatedPayment) => control('POST', `/payments/${payment.merchantPaymentId}/pay`),
    decline: (payment: SimulatedPayment) => control('POST', `/payments/${payment.merchantPaymentId}/decline`),
    async showCode(behaviour: string): Promise<string> {
      const { code } = await control<{ code: string }>('POST', '/customer_codes', { behaviour });
      return code;
    },
    /** What PayPay's own books say was taken by this payment: one charge, or none. */
    async charges(payment: SimulatedPayment): Promise<Charge[]> {
      const { charges } = await control<{ charges: Charge[] }>('GET', '/charges');
      return charges.filter((charge) => charge.merchantPaymentId === payment.merchantPaymentId);
    },
    set: (settings: object) => control('POST', '/settings', settings),
    /** From now on PayPay does not work as it should: see the list of faults in docs/simulators.md. */
    fault: (fault: object) => control('POST', '/faults', fault),
    noFaults: () => control('DELETE', '/faults'),
  };
}
