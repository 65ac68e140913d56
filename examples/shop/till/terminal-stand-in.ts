// The terminal's card app, played on the page: on a real terminal the Android app answers, here a person presses what it
// would say. It speaks over the SDK's own stand-in, so the rest of the till is what runs on a terminal.
import { type LaunchResult, makeBridgeStandIn } from '@cloudsky/mpac-pgw-sdk-js/testing';
import { byId } from './page.ts';

const REASONS = { declined: 'Insufficient funds', error: 'Paper jam' };

/** Called once, before the first payment. A page for a real terminal leaves this out. */
export function startTerminalStandIn(): void {
  const stand_in = makeBridgeStandIn();
  // Its keys are dead but while the app is open: a press before the launch would answer nobody.
  const app = byId<HTMLFieldSetElement>('terminal');
  stand_in.answer(
    ({ amount, currency }) =>
      new Promise((resolve) => {
        for (const key of app.querySelectorAll<HTMLButtonElement>('[data-terminal]')) {
          key.onclick = () => {
            app.disabled = true;
            const status = key.dataset['terminal'] as 'success' | 'declined' | 'error' | 'left';
            if (status === 'success') resolve(approve(amount, currency));
            else resolve(status === 'left' ? status : { status, reason: REASONS[status] });
          };
        }
        app.disabled = false;
      }),
  );
}

function approve(amount: number, currency: string): LaunchResult {
  const [approval_code, slip_number] = [digits(6), digits(4)];
  return { status: 'success', approval_code, slip_number, brand: 'VISA', amount, currency };
}

function digits(count: number): string {
  const [random = 0] = crypto.getRandomValues(new Uint32Array(1));
  return String(random % 10 ** count).padStart(count, '0');
}
