// The customer's and the provider's side of a payment, played through the simulators' control API: who pays, who
// declines, which provider falls silent, and what the provider's own books say afterwards.
import type { Attempts } from './attempts.ts';

type Json = Record<string, unknown>;

/** What a provider's books say about one intent, in minor units. */
export interface MoneyMoved {
  charges: number;
  charged: number;
  refunded: number;
}

interface Charge {
  amount: number;
  refunded: number;
}

const MOUNTS: Record<string, string> = { PAYPAY: 'paypay', MPGS: 'mpgs' };

export function makeCustomers(simulator_origin: string, attempts: Attempts) {
  async function control<T>(method: string, path: string, body?: Json): Promise<T> {
    const answer = await fetch(`${simulator_origin}/${path}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    if (!answer.ok)
      throw new Error(`${method} ${path} was answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  /** The customer acts on the newest attempt, as one who has the newest code or page in front of it. */
  async function act(payment_intent: string, verb: string): Promise<void> {
    const attempt = (await attempts.of(payment_intent)).at(-1);
    if (attempt === undefined) throw new Error(`Nobody has confirmed ${payment_intent}`);
    await control('POST', `${mountOf(attempt.provider)}/control/payments/${attempt.id}/${verb}`, {});
  }

  return {
    pays: (payment_intent: string) => act(payment_intent, 'pay'),
    declines: (payment_intent: string) => act(payment_intent, 'decline'),
    async showsCode(behaviour?: string): Promise<{ code: string }> {
      const { code } = await control<{ code: string }>(
        'POST',
        'paypay/control/customer_codes',
        behaviour === undefined ? {} : { behaviour },
      );
      return { code };
    },
    /** It carries out what it is asked, and nobody hears of it. */
    async providerFallsSilent(provider: string): Promise<void> {
      await control('POST', `${mountOf(provider)}/control/faults`, { fault: 'hang_after_success' });
    },
    async providerSpeaks(provider: string): Promise<void> {
      await control('DELETE', `${mountOf(provider)}/control/faults`);
    },
    async moneyMoved(payment_intent: string): Promise<MoneyMoved> {
      const mine = new Map((await attempts.of(payment_intent)).map(({ id, provider }) => [id, provider]));
      const charges: Charge[] = [];
      for (const provider of new Set(mine.values())) {
        const mount = MOUNTS[provider];
        // Cash and terminals have no books that we could see.
        if (mount === undefined) continue;
        const page = await control<{ charges: Json[] }>('GET', `${mount}/control/charges`);
        for (const charge of page.charges) {
          if (mine.has(String(charge['merchantPaymentId'] ?? charge['invoice_no'])))
            charges.push(readCharge(charge));
        }
      }
      const sum = (of: (charge: Charge) => number) =>
        charges.reduce((total, charge) => total + of(charge), 0);
      return {
        charges: charges.length,
        charged: sum(({ amount }) => amount),
        refunded: sum(({ refunded }) => refunded),
      };
    },
  };
}

function mountOf(provider: string): string {
  const mount = MOUNTS[provider];
  if (mount === undefined) throw new Error(`${provider} has no simulator`);
  return mount;
}

/** PayPay has yen, and what was given back or taken back; Plutu has cents, and gives nothing back by order. */
function readCharge(charge: Json): Charge {
  const amount = Number(charge['amount_cents'] ?? charge['amount']);
  const reversed = typeof charge['reversed_at'] === 'string';
  return { amount, refunded: reversed ? amount : Number(charge['refunded'] ?? 0) };
}
