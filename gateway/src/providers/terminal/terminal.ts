// Cards and e-money at an external terminal. The terminal and its acquirer have decided already; the confirm hands
// in what the terminal's app reports, and the brand is kept as the caller names it.
import { newsOfTerminal } from '../../domain/terminal-report.ts';
import { defineProvider, recordAsserted } from '../provider.ts';

export const terminal = defineProvider({
  name: 'TERMINAL',
  processing_mode: 'external',
  payment_method_types: ['credit_card', 'e_money'],
  // Brands come and go (VISA, SUICA, QUICPAY, …), so any is accepted that is nobody else's name.
  accepts: (provider) => /^[A-Z0-9_]{2,32}$/.test(provider),
  can_authorize: true,
  requires_external_ref: true,
  credentials: null,
  complete_credentials: null,
  record: (attempt, report) =>
    report === undefined ? recordAsserted(attempt) : newsOfTerminal(attempt, report),
});
