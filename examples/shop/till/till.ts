// The till: brings the menu, the payment and today's orders together. Where a payment is made is checkout.ts.
import { MPACGateway } from '@cloudsky/mpac-pgw-sdk-js';
import { makeBasket } from './basket.ts';
import { drawCash, openCash, readReceived } from './cash.ts';
import { makeCheckout } from './checkout.ts';
import { watchKept } from './kept.ts';
import { byId, currentStage, loadIcons, showProblem, showStage, startLanguages } from './page.ts';
import { explain } from './refusals.ts';
import { startSales } from './sales.ts';
import { shop } from './shop.ts';
import { startTerminalStandIn } from './terminal-stand-in.ts';
import { say } from './words.ts';

async function startTill(): Promise<void> {
  startLanguages(() => draw());
  const [menu] = await Promise.all([shop.menu(), loadIcons()]);
  startTerminalStandIn();
  const basket = makeBasket(menu.items);
  const gateway = new MPACGateway({
    publicKey: menu.publishable_key,
    environment: 'sandbox',
    baseUrl: menu.gateway_url,
    offlineQueue: true,
  });
  const checkout = makeCheckout(gateway);
  const kept = watchKept(gateway, checkout.mayTurnTo);
  const sales = startSales({
    isCurrent: checkout.isCurrent,
    onPay: (order) =>
      run(async () => {
        await checkout.continueWith(order);
        basket.setOpen(false);
      }),
    onChange: checkout.hearOfOrder,
  });
  byId<HTMLAnchorElement>('wallet').href = menu.wallet_url;

  /** What was pressed and is under way. */
  let running: (() => Promise<void>) | null = null;
  function setRunning(work: (() => Promise<void>) | null): void {
    running = work;
    for (const button of document.querySelectorAll<HTMLButtonElement>('[data-cancel]'))
      button.disabled = work !== null;
  }

  /** Runs what was pressed, once at a time: a second press while the first is under way is none. */
  async function run(work: () => Promise<void>): Promise<void> {
    if (running !== null) return;
    // A press is one of its own, also where the same work is pressed again.
    const mine = () => work();
    setRunning(mine);
    try {
      await mine();
    } catch (error) {
      if (running === mine) showProblem(explain(error));
    } finally {
      if (running === mine) setRunning(null);
    }
  }

  function draw(): void {
    basket.draw();
    checkout.draw();
    sales.draw();
    kept.draw();
    if (currentStage() === 'cash') drawCash(checkout.amount());
  }

  const onPress = (id: string, work: () => Promise<void>) =>
    byId(id).addEventListener('click', () => void run(work));

  onPress('charge', async () => {
    await checkout.begin(basket.lines());
    basket.setOpen(false);
  });
  onPress('pay-qr', checkout.payByCode);
  onPress('pay-card', checkout.payByCard);
  byId('pay-scan').addEventListener('click', () => {
    byId<HTMLInputElement>('customer-code').value = '';
    showStage('scan');
  });
  byId('pay-cash').addEventListener('click', () => {
    openCash(checkout.amount());
    showStage('cash');
  });
  byId('scan-form').addEventListener('submit', (event) => {
    event.preventDefault();
    void run(() => checkout.payByScannedCode(byId<HTMLInputElement>('customer-code').value));
  });
  byId('cash-form').addEventListener('submit', (event) => {
    event.preventDefault();
    void run(() => checkout.payByCash(readReceived()));
  });
  for (const button of document.querySelectorAll('[data-cancel]')) {
    button.addEventListener('click', () => void run(checkout.cancel));
  }
  for (const button of document.querySelectorAll('[data-back]')) {
    button.addEventListener('click', () => showStage('methods'));
  }
  onPress('try-again', checkout.tryAgain);
  byId('next-order').addEventListener('click', () => {
    checkout.leave();
    // An answer may still be on its way, where the shop has told the end before it.
    setRunning(null);
    basket.clear();
    basket.setOpen(true);
    showStage('order');
    void kept.goOn();
  });
  draw();
}

startTill().catch((error: unknown) => {
  console.error(error);
  showProblem(say('error_shop'));
});
