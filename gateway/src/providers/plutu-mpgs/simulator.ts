// A Plutu that runs on this machine: puts together the books, the question for a payment page, the page itself, the
// callbacks, the control API and the control page. It shares no code with the adapter, so that a mistake in one is not
// repeated in the other. Everything lives in memory, in the process that runs the simulator.
import type { FastifyInstance } from 'fastify';
import type { ProviderSimulator, SimulatorParts } from '../simulator-contract.ts';
import type { FaultName } from '../simulator-faults.ts';
import { createRequestLog } from '../simulator-request-log.ts';
import { PLUTU_ERROR_CODES } from './simulator-answers.ts';
import { registerPlutuApi } from './simulator-api.ts';
import { registerPlutuBoard } from './simulator-board.ts';
import { createBooks } from './simulator-books.ts';
import { createCallbacks } from './simulator-callbacks.ts';
import { registerPlutuCheckout } from './simulator-checkout.ts';
import { registerPlutuControl } from './simulator-control.ts';
import { FIRST_SETTINGS, type PlutuSettings, SOME_SETTINGS } from './simulator-settings.ts';

const MOUNT = '/mpgs';

export const simulator: ProviderSimulator = {
  name: 'plutu',
  title: 'Plutu',
  about: 'Card payments on a page, through MPGS by Plutu.',
  mount: MOUNT,
  endpoints: ['confirm'],
  faults: [
    'server_error',
    'server_error_after_success',
    'hang',
    'hang_after_success',
    'slow',
    'slow_drip',
    'rate_limit',
    'maintenance',
    'html_502',
    'refuse',
    'wrong_amount',
    'lose_notification',
    'duplicate_notification',
    'reorder_notifications',
  ],
  codes: PLUTU_ERROR_CODES,
  settings: SOME_SETTINGS,
  register: registerPlutuSimulator,
};

function registerPlutuSimulator(app: FastifyInstance, parts: SimulatorParts): void {
  const { now, log, faults } = parts;
  const first_settings = { ...FIRST_SETTINGS, ...(parts.settings as Partial<PlutuSettings>) };
  const settings = { ...first_settings };
  const strikesNews = (fault: FaultName) => faults.take(fault, 'notification') !== null;
  const books = createBooks({ now, settings, takeFault: strikesNews });
  const callbacks = createCallbacks({ settings, now, log, takeFault: strikesNews });
  const requests = createRequestLog(now);
  const checkoutUrl = (id: string) => `${parts.serverUrl()}${MOUNT}/checkout/${id}`;

  app.addHook('onClose', () => callbacks.close());

  const takeFault = (fault: FaultName) => faults.take(fault, 'confirm');
  registerPlutuApi(app, { mount: MOUNT, settings, books, requests, takeFault, checkoutUrl, log });
  registerPlutuCheckout(app, { mount: MOUNT, now, settings, books, callbacks });
  registerPlutuControl(app, {
    mount: MOUNT,
    now,
    settings,
    books,
    callbacks,
    requests,
    checkoutUrl,
    reset() {
      callbacks.stop();
      books.reset();
      requests.reset();
      faults.clear();
      Object.assign(settings, first_settings);
    },
  });
  registerPlutuBoard(app, MOUNT);
}
